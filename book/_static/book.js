/* What a page does besides its panels. Each part is of no use without scripts, and hides. */

/* How much code is shown (dsv3_code): the reader's choice on all pages, or else the page's. */
(function () {
  var list = document.querySelector(".ex-level select");
  var shown = document.body.dataset;
  if (!list) return;
  var unfold = function () {
    document.querySelectorAll("details.ex-code").forEach(function (folded) {
      folded.open = shown.code === "all";
    });
  };
  list.value = shown.code;
  if (shown.code === "all") unfold();
  list.addEventListener("change", function () {
    shown.code = list.value;
    try { localStorage.setItem("code", list.value); } catch (error) { /* this page only */ }
    unfold();
  });
})();

/* Numbers of the text (dsv3_numbers): the arrow keys go from one to the next of a paragraph. */
document.addEventListener("keydown", function (event) {
  var from = event.target, step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!from.matches || !from.matches(".ex-number[data-says]")) return;
  if (event.key === "Escape") from.blur();
  if (!step) return;
  var all = Array.from(
    from.closest("p,li,td,dd,summary").querySelectorAll(".ex-number")
  );
  var to = all[all.indexOf(from) + step];
  if (!to) return;
  event.preventDefault();
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
});
