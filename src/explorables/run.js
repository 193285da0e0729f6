/* A run that a reader watches: a program's steps, one to a frame or as many as
   fit in a slice of it, for each of the settings that stand side by side. The
   program comes traced from Python; this file keeps what the steps tell, draws
   it, and stops where a number is none. */
(() => {
"use strict";
if (explorables.run) return;
const { h, set, clamp, format, formatNumber } = explorables.kit;
const SLICE = 8; // milliseconds of a frame
const PACE = 0.06; // steps to a millisecond, where they fit in
const FULL = 4; // multiple of the mean that is drawn full
let waiting;

/* The function that a panel asks for results: those of the step that is shown,
   or, for settings that are not the panel's, those of a whole run. */
explorables.live = (program) => {
  const live = waiting = { program };
  return (...args) => (live.panel ? live.outputs(args) : [[], 0]);
};

explorables.run = (panel) => {
  const live = waiting;
  const { spec, root } = panel;
  const m = spec.run;
  const sides = m.sides.map((_, i) => i);
  const count = m.steps;
  let runs = [];
  let told = [];
  let t = 0; // steps done
  let at = 0; // steps done when what is shown was told
  let goal = 0; // step up to which nothing need be drawn
  let going = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  let seen = false;
  let frame = 0;
  let before = 0; // time of the frame before
  let key;
  let broken = 0;
  let trouble = "";
  let drawn = 0;
  let width = 0;

  const given = (side, args) => m.sides[side].map((from) =>
    Array.isArray(from) ? from[0] : typeof from === "string" ? +spec.controls[from].options[args[from]][0] : args[from]);
  const begin = (args) => sides.map((side) => live.program(...given(side, args)));
  const numbers = (run) => m.measures.map((name) => run.told[name][0]);
  const advance = () => {
    runs.forEach((run, side) => {
      run.step(t);
      told[side].push({ numbers: numbers(run), bars: run.told[m.bars].slice() });
    });
    t++;
    if (told.every((rows) => rows[t - 1].numbers.every(Number.isFinite))) return true;
    told.forEach((rows) => rows.pop());
    t--;
    trouble = `At step ${t + 1} ${m.trouble}`;
    return going = false;
  };
  const restart = (args) => {
    runs = begin(args);
    broken = runs.find((run) => run.broken)?.broken || 0;
    told = sides.map(() => []);
    t = at = 0;
    trouble = "";
    if (broken) going = false;
  };
  const shown = () => told.flatMap((rows) => (at ? rows[at - 1].numbers : m.measures.map(() => NaN)));
  live.panel = panel;
  live.outputs = (args) => {
    if (args.join() !== panel.calc.inputs(panel.state).join()) {
      const whole = begin(args);
      const wrong = whole.find((run) => run.broken)?.broken;
      if (wrong) return [spec.outputs.map(() => NaN), wrong];
      for (let i = 0; i < count; i++) for (const run of whole) run.step(i);
      return [whole.flatMap(numbers), 0];
    }
    if (args.join() !== key) {
      const first = key === undefined;
      key = args.join();
      if (!first && (broken || trouble || t === count)) going = true;
      restart(args);
      next();
    }
    // What changes with every step is no change to speak of.
    return [panel.first = broken ? spec.outputs.map(() => NaN) : shown(), broken];
  };

  const tick = (now) => {
    frame = 0;
    if (!going || !seen) return;
    const due = Math.max(goal, t + Math.min(8, (now - before) * PACE));
    before = now;
    const until = performance.now() + SLICE;
    while (t < count && advance() && t + 0.5 < due && performance.now() < until);
    show(t);
    next();
  };
  const next = () => {
    if (t >= count) going = false;
    if (going && !frame) frame = requestAnimationFrame(tick);
  };
  const show = (step) => {
    at = step;
    if (trouble) panel.warn(trouble);
    else if (t === count && !agrees()) panel.doubt = "This browser computes other numbers than Python did: do not rely on this panel.";
    panel.render();
  };
  const agrees = () => panel.state.some((x, i) => x !== panel.start[i]) || told.flatMap((rows) => rows[count - 1].numbers).every((x, i) => x === m.golden[i]);

  /* The bar of buttons, and the step that is looked at. */
  const button = (text, press) => h("button", { type: "button", click: press }, text);
  const play = button("Pause", () => {
    if (t === count || trouble) { key = undefined; going = true; panel.render(); return; }
    going = !going;
    at = t;
    panel.render();
    next();
  });
  const single = button("Step", () => { going = false; if (t < count && !broken && !trouble) { advance(); show(t); } });
  const again = button("Restart", () => { key = undefined; going = true; panel.render(); next(); });
  const past = h("input", { type: "range", min: 0, max: count, step: 1, "aria-label": "Step that is shown" });
  past.addEventListener("input", () => { going = false; at = clamp(+past.value, 0, t); panel.render(); });
  const where = h("span", {});
  const bar = h("div", { class: "ex-actions ex-run-bar" }, play, single, again);
  const occasion = spec.controls.findIndex(({ name }) => name === m.now[0]);
  bar.append(button(m.now[1], () => {
    const c = spec.controls[occasion];
    goal = clamp(at, c.low, c.high);
    going = true;
    panel.change(c, goal);
    next();
  }), where);

  /* One measure over the steps, for all settings. */
  let measure = 0;
  const pick = h("select", { "aria-label": "Quantity on the vertical axis", change: () => { measure = +pick.value; draw(); } },
    ...m.labels.map((text, i) => h("option", { value: i }, text)));
  const axes = h("svg:g", { class: "ex-ticks" });
  const lines = sides.map((side) => h("svg:path", { class: side ? "ex-before" : "ex-line" }));
  const head = h("svg:path", { class: "ex-hair" });
  const mark = h("svg:path", { class: "ex-rule" });
  const plot = h("svg:svg", { role: "img", class: "ex-plot" }, axes, mark, head, ...lines);
  const drawLines = () => {
    const value = (row) => row.numbers[measure];
    const all = told.flatMap((rows) => rows.map(value));
    const low = Math.min(0, ...all);
    const ticks = explorables.linearTicks(low, Math.max(...all, low + 1e-3));
    const high = Math.max(...all, ticks[ticks.length - 1]);
    const [left, wide, tall] = [52, width - 66, 150];
    const x = (step) => left + (wide * step) / count;
    const y = (v) => 8 + (tall * (high - v)) / (high - low);
    set(plot, { viewBox: `0 0 ${width} ${tall + 32}`, width, height: tall + 32 });
    axes.replaceChildren(
      ...ticks.flatMap((v) => [h("svg:path", { d: `M${left} ${y(v)}h${wide}` }),
        h("svg:text", { x: left - 8, y: y(v) + 4, "text-anchor": "end" }, formatNumber(v, spec.outputs[measure].unit).replace(/\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)/g, "$1"))]),
      ...explorables.linearTicks(0, count).map((s) => h("svg:text", { x: x(s), y: tall + 26, "text-anchor": "middle" }, String(s))));
    lines.forEach((line, side) => line.setAttribute("d", told[side].map((row, i) => `${i ? "L" : "M"}${x(i + 1).toFixed(1)} ${y(value(row)).toFixed(1)}`).join("")));
    const moment = panel.state[occasion];
    mark.setAttribute("d", moment < count ? `M${x(moment)} 8v${tall}` : "");
    head.setAttribute("d", at ? `M${x(at)} 8v${tall}` : "");
    plot.setAttribute("aria-label", `${m.labels[measure]} over ${count} steps, up to step ${t}.`);
  };

  /* What is spread over many, as bars, and their means by group. */
  const words = (side) => m.named[side].map((i) => {
    const c = spec.controls[i];
    const value = panel.state[i];
    return c.options ? c.options.find(([name]) => name === value)[1] : format(value, c.unit).replace(/0+$/, "");
  }).join(" ");
  const cards = sides.map((side) => {
    const title = h("b", { class: side ? "" : "ex-first" });
    const bars = h("svg:path", { class: "ex-bars" });
    const marks = h("svg:path", { class: "ex-head" });
    const rules = h("svg:path", { class: "ex-rule" });
    const mean = h("svg:path", { class: "ex-hair" });
    const svg = h("svg:svg", { role: "img", class: "ex-plot ex-map" }, bars, rules, mean, marks);
    return { title, bars, marks, rules, mean, svg, box: h("div", {}, title, svg) };
  });
  const drawBars = (card, side) => {
    const wide = card.svg.parentNode.clientWidth || 1;
    const tall = 96;
    const row = at ? told[side][at - 1].bars : [];
    const places = m.places;
    const groups = +panel.state[m.groups] || 1;
    const step = wide / places;
    const y = (v) => tall - (tall * Math.min(v, FULL)) / FULL;
    set(card.svg, { viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall });
    let d = "";
    row.forEach((v, i) => { if (v >= 0) d += `M${(i * step + 0.5).toFixed(1)} ${tall}V${y(v).toFixed(1)}h${(step - 1).toFixed(1)}V${tall}z`; });
    card.bars.setAttribute("d", d);
    let lines = "";
    let means = "";
    for (let g = 0; g < groups; g++) {
      const inside = [...row.slice((g * places) / groups, ((g + 1) * places) / groups)].filter((v) => v >= 0);
      if (g) lines += `M${(g * wide) / groups} 0V${tall}`;
      if (inside.length) means += `M${(g * wide) / groups + 1} ${y(inside.reduce((a, b) => a + b) / inside.length)}h${wide / groups - 2}`;
    }
    card.rules.setAttribute("d", `${lines}M0 ${tall}h${wide}`);
    card.marks.setAttribute("d", means);
    card.mean.setAttribute("d", `M0 ${y(1)}h${wide}`);
    card.title.textContent = `${m.names[side]}: ${words(side)}`;
    const range = at ? `from ${format(Math.min(...row), ["", "decimal", 2])} to ${format(Math.max(...row), ["", "decimal", 3])} times the mean` : "not begun";
    card.svg.setAttribute("aria-label", `${m.barLabel}, ${m.names[side]}, step ${at}: ${range}.`);
  };

  /* Every measure as a number. */
  const cells = m.labels.map((label, i) => {
    const values = sides.map(() => h("b", {}));
    return { values, i, row: [h("span", {}, label), ...values] };
  });
  const table = h("div", { class: "ex-run-numbers" }, h("span"), ...sides.map((side) => h("span", {}, m.names[side])), ...cells.flatMap(({ row }) => row));
  table.style.setProperty("--sides", sides.length);

  const figure = h("div", { class: "ex-curve ex-plain" }, bar, past,
    h("div", { class: "ex-y" }, pick), plot,
    h("div", { class: "ex-y" }, h("span", {}, m.barLabel)),
    h("div", { class: "ex-run-sides" }, ...cards.map(({ box }) => box)), table);
  root.querySelectorAll(".ex-gives tr").forEach((row) => row.classList.add("ex-said"));

  const draw = () => {
    play.textContent = t === count || trouble ? "Run again" : going ? "Pause" : t ? "Go on" : "Start";
    where.textContent = `step ${at} of ${count}`;
    past.value = at;
    past.style.setProperty("--fill", at / count);
    past.style.setProperty("--start", t / count);
    if (!width) return;
    if (t < goal && drawn && performance.now() - drawn < 200) return;
    drawn = performance.now();
    drawLines();
    cards.forEach(drawBars);
    for (const { values, i } of cells) {
      values.forEach((cell, side) => { cell.textContent = format(panel.outputs[side * m.labels.length + i], spec.outputs[i].unit); });
    }
  };
  const resize = () => {
    const wanted = figure.clientWidth;
    if (!wanted || wanted === width) return;
    width = wanted;
    draw();
  };
  new IntersectionObserver((entries) => { seen = entries.some(({ isIntersecting }) => isIntersecting); next(); }).observe(figure);
  return { figure, draw, resize };
};
})();
