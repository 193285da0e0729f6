/* Numbers in few bits: a row for each, its code bit by bit, and what comes back.
   Values and codes come through the panel like any other result; this only draws. */
(() => {
"use strict";
if (explorables.codes) return;
const { h, format } = explorables.kit;
const PARTS = [["sign", "money"], ["exponent", "compute"], ["mantissa", "memory"]];

explorables.codes = (panel) => {
  const { spec } = panel;
  const t = spec.codes;
  const chosen = (name) => panel.state[spec.controls.findIndex((c) => c.name === name)];
  const swatch = ([name, noun]) => h("span", { class: "ex-swatch" }, h("i", { class: `ex-bit ex-bit-${noun}`, "aria-hidden": "true" }, noun === "money" ? "±" : "1"), name);
  // Not a table element: the panel's table of results has a look of its own.
  const cell = (role, ...said) => h("div", { role }, ...said);
  const titles = ["number", "bits", "comes back", "error"].map((title) => cell("columnheader", title));
  const table = h("div", { class: "ex-codes", role: "table", "aria-label": "Each number, its bits, and what they stand for after scaling" },
    cell("row", ...titles));
  const figure = h("div", { class: "ex-curve" }, h("div", { class: "ex-y ex-legend" }, ...PARTS.map(swatch)), table,
    h("p", { class: "ex-hint" }, "A rule parts numbers that share no scale."));
  const rows = t.rows.map(() => {
    const cells = ["rowheader", "cell", "cell", "cell"].map((role) => cell(role));
    const row = cell("row", ...cells);
    table.append(row);
    return { row, cells };
  });
  let shown = "";

  const draw = () => {
    const bits = t.bits[chosen(t.form)];
    const size = t.sizes[chosen(t.tile)];
    const wide = bits.reduce((a, b) => a + b, 0);
    const key = JSON.stringify([panel.outputs, wide, size]);
    if (key === shown) return;
    shown = key;
    t.rows.forEach((places, i) => {
      const [before, code, after] = places.map((place) => panel.outputs[place]);
      const unit = spec.outputs[places[0]].unit;
      const { row, cells } = rows[i];
      row.classList.toggle("ex-apart", i > 0 && i % size === 0);
      cells[0].textContent = Number.isFinite(before) ? format(before, unit) : "–";
      const digits = Number.isFinite(code) ? code.toString(2).padStart(wide, "0") : "";
      let at = 0;
      cells[1].replaceChildren(...bits.flatMap((count, part) => [...digits.slice(at, (at += count))].map((digit) =>
        h("i", { class: `ex-bit ex-bit-${PARTS[part][1]}${digit === "1" ? " ex-on" : ""}` }, digit))));
      cells[2].textContent = Number.isFinite(after) ? format(after, unit) : "–";
      const error = before === 0 ? 0 : Math.abs(after - before) / Math.abs(before);
      cells[3].textContent = after === 0 && before !== 0 ? "lost" : Number.isFinite(error) ? `${(100 * error).toFixed(1)} %` : "–";
      row.classList.toggle("ex-lost", after === 0 && before !== 0);
    });
  };
  return { figure, draw, resize: () => {} };
};
})();
