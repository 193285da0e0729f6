/* Narrow a list: kind, menus and words together. The address keeps the choice, so
   that a narrowed list can be linked. */
(() => {
  for (const root of document.querySelectorAll(".ex-listing:not([data-live])")) {
    root.dataset.live = "";
    const form = root.querySelector("form"), entries = Array.from(root.querySelectorAll("[data-entry]"));
    const groups = Array.from(root.querySelectorAll("details"));
    const chips = form.querySelector("fieldset"), menus = Array.from(form.querySelectorAll("select"));
    const words = form.querySelector("[data-words]"), status = form.querySelector("[role=status]");
    const noun = status.textContent.replace(/^\d+ of \d+/, "");
    const said = entries.map((entry) => entry.textContent.toLowerCase());
    const wanted = () => {
      const chosen = { [chips.dataset.facet]: chips.querySelector("input:checked").value };
      for (const menu of menus) chosen[menu.dataset.facet] = menu.value;
      return chosen;
    };
    const narrow = () => {
      const chosen = Object.entries(wanted()).filter(([, value]) => value);
      const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      entries.forEach((entry, at) => {
        const fits = chosen.every(([facet, value]) => entry.getAttribute("data-" + facet) === value)
          && asked.every((word) => said[at].includes(word));
        entry.hidden = !fits;
        left += fits;
      });
      const narrowed = left < entries.length;
      for (const group of groups) {
        group.hidden = !group.querySelector("[data-entry]:not([hidden])");
        if (narrowed || group.dataset.opened) group.open = narrowed && !group.hidden;
        if (narrowed) group.dataset.opened = "1"; else delete group.dataset.opened;
      }
      status.textContent = left + " of " + entries.length + noun;
    };
    const remember = () => {
      try {
        const url = new URL(location.href);
        for (const [facet, value] of Object.entries(wanted())) {
          const key = root.id + "." + facet;
          if (value) url.searchParams.set(key, value); else url.searchParams.delete(key);
        }
        if (document.documentElement.dataset.mode) history.replaceState(history.state, "", url);
      } catch { /* A browser may forbid it; the list works without. */ }
    };
    const restore = () => {
      const asked = new URLSearchParams(location.search);
      const value = asked.get(root.id + "." + chips.dataset.facet) || "";
      for (const chip of chips.querySelectorAll("input")) if (chip.value === value) chip.checked = true;
      for (const menu of menus) {
        const value = asked.get(root.id + "." + menu.dataset.facet);
        if (value && Array.from(menu.options).some((option) => option.value === value)) menu.value = value;
      }
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => { narrow(); remember(); });
    for (const kind of ["keydown", "keyup"]) form.addEventListener(kind, (event) => event.stopPropagation());
    form.hidden = false;
    restore();
    narrow();
  }
})();
