/* Panels that compute in the page: controls, totals, a curve and a link, with
   no library and no network. The arithmetic of a panel is a function traced
   from Python and handed to explorables.mount beside its static table; this file knows
   how to show a number and how a hand moves it, and no formula. Text from
   outside reaches the page through textContent only. */
(() => {
"use strict";
const VERSION = "__VERSION__";
const home = globalThis;
if (home.explorables && home.explorables.version === VERSION) return;

/* 1. Numbers as people read and type them: the rules of explorables.quantities. */

const DASH = "\u2014";
const SHORT = ["", "K", "M", "B", "T"];
const SI = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const POWERS = { "": 0, "%": -2, k: 3, m: 6, b: 9, g: 9, t: 12, p: 15 };

const grouped = (text) => {
  const [whole, fraction] = text.split(".");
  const threes = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? threes : `${threes}.${fraction}`;
};
const fixed = (x, places) => (x >= 1e21 ? String(BigInt(x)) : x.toFixed(places));
const exponentOf = (x, digits) => +x.toExponential(digits - 1).split("e")[1];
const raised = (n) =>
  String(n).replace(/./g, (c) => (c === "-" ? "\u207b" : "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[c]));
const scientific = (x, digits) => {
  if (x === 0) return "0";
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  return `${mantissa} \u00d7 10${raised(+exponent)}`;
};
const significant = (x, digits) => {
  if (x === 0) return "0";
  if (x < 1e-6) return scientific(x, digits);
  return grouped(fixed(x, Math.max(0, digits - 1 - exponentOf(x, digits))));
};
const prefixed = (x, digits, prefixes, separator) => {
  if (x >= +`1e${3 * prefixes.length}`) return scientific(x, digits);
  if (x === 0) return "0";
  const group = Math.max(0, Math.floor(exponentOf(x, digits) / 3));
  if (group >= prefixes.length) return scientific(x, digits);
  const number = significant(x / +`1e${3 * group}`, digits);
  return prefixes[group] ? number + separator + prefixes[group] : number;
};
const DAY = 864e5;
const dated = (x) => (x < 2932897 ? new Date(Math.floor(x) * DAY).toISOString().slice(0, 10) : grouped(fixed(x, 0)));
const STYLES = {
  integer: (x) => grouped(fixed(x, 0)),
  percent: (x, digits) => `${significant(x * 100, digits)}\u202f%`,
  decimal: significant,
  scientific,
  si: (x, digits) => prefixed(x, digits, SI, " "),
  short: (x, digits) => prefixed(x, digits, SHORT, ""),
  date: dated,
  money: (x, digits) => `$${x < 999.995 ? fixed(x, 2) : prefixed(x, digits, SHORT, "")}`,
};
const formatNumber = (x, [, style, digits]) =>
  Number.isFinite(x) ? (x < 0 ? "\u2212" : "") + STYLES[style](Math.abs(x), digits) : DASH;
const format = (x, unit) => {
  const number = formatNumber(x, unit);
  if (number === DASH || !unit[0]) return number;
  return unit[1] === "si" && /[A-Za-z]$/.test(number) ? number + unit[0] : `${number} ${unit[0]}`;
};
const trimmed = (text) =>
  /^\u2212?\$[\d,]+\.\d\d(?!\w)/.test(text) ? text : text.replace(/\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)/g, "$1");

/* A number as typed (14.8T, 39%, $2, 1e12), or NaN. */
const parse = (text) => {
  if (text.length > 64) return NaN;
  if (/^\d{4}-\d\d-\d\d$/.test(text.trim())) {
    const days = Date.parse(text.trim()) / DAY;
    return days > -719163 && dated(days) === text.trim() ? days : NaN;
  }
  const clean = text.trim().replace(/^\$/, "").replace(/[,_]/g, "").toLowerCase();
  const found = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:e([+-]?\d+))?[ \t\n\r\f\v]*([a-z%]?)$/.exec(clean);
  if (!found || !Object.hasOwn(POWERS, found[3])) return NaN;
  const value = Number(`${found[1]}e${+(found[2] || 0) + POWERS[found[3]]}`);
  return Number.isFinite(value) ? value : NaN;
};
/* The shortest text that parses back to exactly this value. */
const editable = (x, unit) => {
  const short = trimmed(formatNumber(x, unit)).replace(/[\u202f\u2009 ]/g, "").replace(/^\$/, "");
  return parse(short) === x ? short : String(x);
};

/* 2. Where a slider stops. */

const clamp = (x, low, high) => Math.min(high, Math.max(low, x));
const positionOf = (c, x) =>
  c.log ? Math.log(x / c.low) / Math.log(c.high / c.low) : (x - c.low) / (c.high - c.low);
const valueAt = (c, p) =>
  p <= 0 ? c.low : p >= 1 ? c.high
    : c.log ? c.low * (c.high / c.low) ** p : c.low + p * (c.high - c.low);
const nice = (x) => {
  const e = 10 ** Math.floor(Math.log10(x));
  return e * [1, 2, 5, 10].find((m) => m >= (x / e) * (1 - 1e-9));
};
const stepAt = (c, x) => {
  if (c.step) return c.step;
  let step;
  if (c.log) {
    const e = 10 ** Math.floor(Math.log10(x) + 1e-9);
    step = e * (x < 2 * e ? 0.02 : x < 5 * e ? 0.05 : 0.1);
  } else step = nice((c.high - c.low) / 200);
  return c.unit[1] === "integer" ? Math.max(1, Math.round(step)) : step;
};
const snap = (c, x) => {
  const step = stepAt(c, x);
  return clamp(+(Math.round(x / step) * step).toPrecision(9), c.low, c.high);
};
const settle = (c, p) =>
  Math.abs(p - positionOf(c, c.default)) < 0.008 ? c.default : snap(c, valueAt(c, p));
const stepped = (c, x, count) => {
  const way = Math.sign(count);
  for (let i = 0; i < Math.abs(count); i++) {
    // Going down from a power of ten, the steps are those of the decade below.
    const step = way * stepAt(c, c.log && way < 0 ? x * (1 - 1e-6) : x);
    const next = snap(c, x + step);
    x = next === x ? clamp(x + step, c.low, c.high) : next;
  }
  return x;
};
const keyed = (c, x, event) => {
  const far = event.shiftKey ? 10 : 1;
  switch (event.key) {
    case "ArrowUp": case "ArrowRight": return stepped(c, x, far);
    case "ArrowDown": case "ArrowLeft": return stepped(c, x, -far);
    case "PageUp": return stepped(c, x, 10);
    case "PageDown": return stepped(c, x, -10);
    case "Home": return c.low;
    case "End": return c.high;
  }
};

/* 3. Values from outside: only what a control can take gets in. */

const accepts = (c, value) =>
  c.kind === "slider" ? typeof value === "number" && value >= c.low && value <= c.high
    : c.kind === "choice" ? c.options.some(([name]) => name === value)
      : typeof value === "boolean";
const decode = (c, text) => {
  let value = text;
  if (c.kind === "toggle") value = text === "1" ? true : text === "0" ? false : undefined;
  if (c.kind === "slider") {
    value = text.length < 41 && /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? Number(text) : undefined;
  }
  return accepts(c, value) ? value : undefined;
};
const encode = (value) => (value === true ? "1" : value === false ? "0" : String(value));
const readPairs = (spec, pairs) => {
  const values = new Map();
  const problems = new Set();
  for (const [key, text] of pairs) {
    if (!key.startsWith(`${spec.id}.`)) continue;
    const c = spec.controls.find(({ name }) => key === `${spec.id}.${name}`);
    const value = c && decode(c, text);
    if (!c) problems.add("The link names a control that this panel does not have; it was ignored.");
    else if (value === undefined) problems.add(`The link\u2019s value for \u201c${c.label}\u201d cannot be used; the default is shown.`);
    else values.set(c.name, value);
  }
  return { values: [...values], problems: [...problems] };
};

/* 4. Arithmetic: the traced function, with the page's view of its rules. */

const calculator = (spec, traced) => {
  const place = spec.controls.map((c) => new Map(c.options?.map(([name], i) => [name, i])));
  const inputs = (state) => state.map((x, i) => (typeof x === "string" ? place[i].get(x) : x));
  const run = (args) => {
    const [outputs, broken] = traced.apply(null, args);
    return { outputs: broken ? outputs.map(() => NaN) : outputs, broken };
  };
  const complaint = (broken) => {
    if (!broken) return "";
    const [name, rule, options] = spec.guards[broken[0]];
    const c = spec.controls.find((one) => one.name === name);
    const plain = c?.unit?.[1] === "date" ? formatNumber(broken[1], c.unit) : broken[1];
    const shown = !options ? plain : c ? c.options[broken[1]][1] : options[broken[1]];
    return name ? `${c ? c.label : name} is ${shown}: ${rule}` : rule;
  };
  const agrees = () => spec.golden.every(({ given, found }) => {
    const { outputs } = run(inputs(given));
    return outputs.every((x, i) => {
      const y = found ? found[i] : null;
      if (y === null) return !Number.isFinite(x);
      return Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
    });
  });
  return { inputs, run, complaint, agrees };
};

/* 5. Making elements. Children are nodes or text, never markup. */

const h = (tag, attributes = {}, ...children) => {
  const svg = tag.startsWith("svg:");
  const e = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") e.addEventListener(name, value);
    else if (value !== false && value != null) e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children);
  return e;
};
const put = (e, text) => { if (e.textContent !== text) e.textContent = text; };
const set = (e, attributes) => { for (const name in attributes) e.setAttribute(name, attributes[name]); };
const later = (wait, action) => {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(action, wait); };
};
const site = () => typeof DOCUMENTATION_OPTIONS !== "undefined" || "content_root" in document.documentElement.dataset;

/* 6. The curve. */

const POINTS = 160;
const linearTicks = (low, high) => {
  const step = nice((high - low) / 5);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(+(i * step).toPrecision(12));
  return ticks;
};
const logTicks = (low, high, most) => {
  for (const steps of [[1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
    const ticks = [];
    for (let e = Math.floor(Math.log10(low)); 10 ** e <= high; e++) {
      for (const m of steps) {
        const x = +`${m}e${e}`;
        if (x >= low * (1 - 1e-9) && x <= high * (1 + 1e-9)) ticks.push(x);
      }
    }
    if (ticks.length <= most) return ticks;
    if (steps.length === 1) return ticks.filter((_, i) => i % Math.ceil(ticks.length / most) === 0);
  }
};
/* On an axis of days, the first of a year or of a half-year. */
const dateTicks = (low, high, most) => {
  const ticks = [];
  const month = +dated(high).slice(0, 4) - +dated(low).slice(0, 4) < most / 2 ? [0, 6] : [0];
  for (let year = +dated(low).slice(0, 4); year <= +dated(high).slice(0, 4); year++) {
    for (const m of month) {
      const x = Date.UTC(year, m) / DAY;
      if (x >= low && x <= high) ticks.push(x);
    }
  }
  return ticks;
};
const tickText = (x, unit) => unit[1] === "date" ? dated(x).slice(0, 7) : trimmed(formatNumber(x, unit)).replace(/^1 \u00d7 /, "").replace(/\.00$/, "");
const axisNote = (item, log) => {
  const unit = item.unit[1] === "money" ? `US dollars ${item.unit[0]}`.trim() : item.unit[0];
  const said = item.label.toLowerCase().includes(unit.toLowerCase()) || !unit;
  return [!said && unit, log && "log scale"].filter(Boolean).join(", ");
};

const makeCurve = (panel) => {
  const { spec, calc } = panel;
  const sliders = spec.controls.filter((c) => c.kind === "slider");
  let x = sliders.find((c) => c.name === spec.curve.x);
  let y = spec.outputs.findIndex((o) => o.name === spec.curve.y);
  const svg = h("svg:svg", { role: "img", class: "ex-plot" });
  const axes = h("svg:g", { class: "ex-ticks" });
  const before = h("svg:path", { class: "ex-before" });
  const line = h("svg:path", { class: "ex-line" });
  const startDot = h("svg:circle", { class: "ex-start", r: 5 });
  const hair = h("svg:path", { class: "ex-hair" });
  const dot = h("svg:circle", { class: "ex-dot", r: 6 });
  const value = h("svg:text", { class: "ex-at" });
  const hover = h("svg:g", { class: "ex-hover", visibility: "hidden" },
    h("svg:path"), h("svg:circle", { r: 4 }), h("svg:text"));
  svg.append(axes, hair, before, line, startDot, dot, value, hover);
  const pick = (label, items, at, changed) => {
    if (spec.curve.fixed || items.length < 2) return h("span", {}, items[at].label);
    const options = items.map((o, i) => h("option", { value: i, selected: i === at }, o.label));
    return h("select", { "aria-label": label, change: (e) => changed(+e.target.value) }, ...options);
  };
  const yNote = h("span", { class: "ex-axis-note" });
  const xNote = h("span", { class: "ex-axis-note" });
  const yPick = pick("Quantity on the vertical axis", spec.outputs, y, (i) => { y = i; draw(); });
  const xPick = pick("Control on the horizontal axis", sliders, sliders.indexOf(x), (i) => { x = sliders[i]; xs = places(); draw(); });
  const figure = h("div", { class: "ex-curve" }, h("div", { class: "ex-y" }, yPick, yNote), svg,
    h("div", { class: "ex-x" }, xPick, xNote));
  let width = 0;
  let height = 0;
  let drawn = "";
  let xs;
  let map;

  /* Where the curve is computed: a counted thing only where it can be counted. */
  const places = () => {
    const counted = x.step || x.unit[1] === "integer";
    const seen = new Set();
    for (let i = 0; i <= POINTS; i++) {
      const at = valueAt(x, i / POINTS);
      seen.add(counted && i > 0 && i < POINTS ? snap(x, at) : at);
    }
    return [...seen];
  };
  const sample = (state) => {
    const args = calc.inputs(state);
    const at = spec.controls.indexOf(x);
    return xs.map((v) => {
      args[at] = v;
      return calc.run(args).outputs[y];
    });
  };
  const pathOf = (points) => {
    let path = "";
    let pen = "M";
    points.forEach((v, i) => {
      if (!Number.isFinite(v)) { pen = "M"; return; }
      path += `${pen}${map.x(xs[i]).toFixed(1)} ${map.y(v).toFixed(1)}`;
      pen = "L";
    });
    return path;
  };
  const measure = (numbers) => {
    const finite = numbers.filter(Number.isFinite);
    let low = Math.min(...finite);
    let high = Math.max(...finite);
    if (!finite.length) [low, high] = [0, 1];
    const wanted = spec.curve.scale || (x.log && low > 0 && high / low > 30 ? "log" : "linear");
    const log = wanted === "log" && low > 0;
    let ticks;
    if (log) {
      if (high / low < 2) [low, high] = [low / 1.5, high * 1.5];
      ticks = logTicks(low, high, 6);
      if (ticks.length < 2) ticks = logTicks(low = low / 3, high = high * 3, 6);
    } else {
      low = Math.min(0, low);
      if (high === low) high = low + 1;
      ticks = linearTicks(low, high);
      const step = ticks[1] - ticks[0];
      if (ticks[ticks.length - 1] < high) ticks.push(high = +(ticks[ticks.length - 1] + step).toPrecision(12));
      if (ticks[0] > low) ticks.unshift(low = +(ticks[0] - step).toPrecision(12));
    }
    return { low, high, log, ticks };
  };
  const layout = ({ low, high, log, ticks }) => {
    const item = spec.outputs[y];
    const key = [width, x.name, y, low, high, log].join();
    if (key === drawn) return;
    drawn = key;
    const texts = ticks.map((t) => tickText(t, item.unit));
    // Over a map, the curve's steps stand above the map's.
    const left = spec.map ? 58 : 14 + 7.2 * Math.max(3, ...texts.map((t) => t.length));
    const wide = width - left - (spec.map ? clamp(width * 0.2, 64, 130) + 16 : 14);
    const top = 20;
    const tall = height - top - 26;
    const share = log ? (v) => Math.log(v / low) / Math.log(high / low) : (v) => (v - low) / (high - low);
    map = { left, wide, top, tall, y: (v) => top + tall * (1 - share(v)), x: (v) => left + wide * positionOf(x, v) };
    axes.replaceChildren();
    ticks.forEach((t, i) => {
      const at = map.y(t);
      axes.append(h("svg:path", { d: `M${left} ${at}h${wide}` }),
        h("svg:text", { x: left - 8, y: at + 4, "text-anchor": "end" }, texts[i]));
    });
    const across = x.log ? logTicks(x.low, x.high, Math.max(2, wide / 56))
      : x.unit[1] === "date" ? dateTicks(x.low, x.high, wide / 62) : linearTicks(x.low, x.high);
    for (const t of across) {
      const at = map.x(t);
      axes.append(h("svg:path", { d: `M${at} ${top + tall}v5` }),
        h("svg:text", { x: at, y: top + tall + 20, "text-anchor": at > left + wide - 12 ? "end" : "middle" }, tickText(t, x.unit)));
    }
    put(yNote, axisNote(item, log));
    put(xNote, axisNote(x, x.log));
    svg.style.setProperty("--ex-hue", `var(--ex-${item.noun || "compute"})`);
  };
  const label = (e, px, py, text, rising) => {
    const room = 8 * text.length;
    const end = (rising && px - room > map.left) || px + room > map.left + map.wide;
    set(e, { x: px + (end ? -9 : 9), y: Math.max(py - 9, 12), "text-anchor": end ? "end" : "start" });
    put(e, text);
  };
  const draw = () => {
    if (!width) return;
    const item = spec.outputs[y];
    const now = panel.state[spec.controls.indexOf(x)];
    const points = sample(panel.state);
    const last = points[points.length - 1];
    const changed = panel.state.some((v, i) => spec.controls[i] !== x && v !== spec.controls[i].default);
    const start = changed ? sample(panel.start) : points;
    const here = panel.outputs[y];
    const first = panel.first[y];
    layout(measure(points.concat(start, here, first)));
    line.setAttribute("d", pathOf(points));
    before.setAttribute("d", changed ? pathOf(start) : "");
    const px = map.x(now);
    const shown = Number.isFinite(here);
    for (const e of [dot, hair, value]) e.setAttribute("visibility", shown ? "visible" : "hidden");
    const moved = changed || now !== x.default;
    startDot.setAttribute("visibility", moved && Number.isFinite(first) ? "visible" : "hidden");
    if (Number.isFinite(first)) set(startDot, { cx: map.x(x.default), cy: map.y(first) });
    const said = shown ? format(here, item.unit) : DASH;
    if (shown) {
      const py = map.y(here);
      set(dot, { cx: px, cy: py });
      hair.setAttribute("d", `M${px} ${py}V${map.top + map.tall}`);
      label(value, px, py, said, last > points[0]);
    }
    set(svg, { "aria-label": `Curve of ${item.label} against ${x.label}: ${said} at ${trimmed(format(now, x.unit))}, from ${format(points[0], item.unit)} at ${trimmed(format(x.low, x.unit))} to ${format(last, item.unit)} at ${trimmed(format(x.high, x.unit))}.` });
  };
  xs = places();
  const resize = () => {
    const wanted = figure.clientWidth || 0;
    if (!wanted || wanted === width) return;
    width = wanted;
    height = Math.round(clamp(width * (spec.map ? 0.25 : 0.58), 210, 300));
    set(svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    draw();
  };
  const under = (event) => {
    const box = svg.getBoundingClientRect();
    return settle(x, clamp((event.clientX - box.left - map.left) / map.wide, 0, 1));
  };
  const point = (event) => {
    const at = under(event);
    if (svg.hasPointerCapture(event.pointerId)) return panel.change(x, at);
    const args = calc.inputs(panel.state);
    args[spec.controls.indexOf(x)] = at;
    const found = calc.run(args).outputs[y];
    hover.setAttribute("visibility", Number.isFinite(found) ? "visible" : "hidden");
    if (!Number.isFinite(found)) return;
    const [rule, mark, text] = hover.children;
    rule.setAttribute("d", `M${map.x(at)} ${map.top}V${map.top + map.tall}`);
    set(mark, { cx: map.x(at), cy: map.y(found) });
    label(text, map.x(at), map.top + 3, `${tickText(at, x.unit)} \u2192 ${formatNumber(found, spec.outputs[y].unit)}`);
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    hover.setAttribute("visibility", "hidden");
    panel.change(x, under(event));
  });
  svg.addEventListener("pointerleave", () => hover.setAttribute("visibility", "hidden"));
  return { figure, draw, resize };
};

/* 7. Controls: a slider with an exact entry, a list, a switch; and the sentence. */

const makeEntry = (panel, c, at, done) => {
  const box = h("input", {
    type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false", maxlength: 64,
    class: "ex-entry", "aria-label": `${c.label}, exact value`,
  });
  let editing = false;
  const show = (text) => {
    if (text || !editing) box.value = text || trimmed(format(panel.state[at], c.unit));
    box.style.width = `${Math.max(4, box.value.length + 1)}ch`;
  };
  const leave = (keep) => {
    if (!editing) return;
    editing = false;
    const typed = parse(box.value);
    if (keep && box.value !== editable(panel.state[at], c.unit)) {
      if (accepts(c, typed)) panel.change(c, typed);
      else panel.warn(`\u201c${c.label}\u201d takes a number from ${editable(c.low, c.unit)} to ${editable(c.high, c.unit)}.`);
    }
    show();
    done?.();
  };
  box.addEventListener("focus", () => {
    editing = true;
    show(editable(panel.state[at], c.unit));
    box.select();
  });
  box.addEventListener("input", () => show(box.value));
  box.addEventListener("blur", () => leave(true));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { leave(true); box.blur(); }
    if (event.key === "Escape") { leave(false); box.blur(); }
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      panel.change(c, keyed(c, panel.state[at], event));
      show(editable(panel.state[at], c.unit));
      event.preventDefault();
    }
  });
  return { box, show };
};

const makeSlider = (panel, c, at, name) => {
  const range = h("input", { type: "range", min: 0, max: 1, step: "any", id: name });
  const entry = makeEntry(panel, c, at);
  range.style.setProperty("--start", positionOf(c, c.default));
  range.addEventListener("input", () => panel.change(c, settle(c, +range.value)));
  range.addEventListener("keydown", (event) => {
    const next = keyed(c, panel.state[at], event);
    if (next === undefined) return;
    event.preventDefault();
    panel.change(c, next);
  });
  const show = () => {
    const position = positionOf(c, panel.state[at]);
    range.value = position;
    range.style.setProperty("--fill", position);
    range.setAttribute("aria-valuetext", trimmed(format(panel.state[at], c.unit)));
    entry.show();
  };
  const noun = c.noun || "plain";
  return { show, box: h("div", { class: `ex-control ex-${noun}` }, h("label", { for: name }, c.label), entry.box, range) };
};
const makeList = (panel, c, at, attributes) => {
  const list = h("select", { ...attributes, change: () => panel.change(c, list.value) },
    ...c.options.map(([name, text]) => h("option", { value: name }, text)));
  return { box: list, show: () => { list.value = panel.state[at]; } };
};
const makeControl = (panel, c, at, name) => {
  if (c.kind === "slider") return makeSlider(panel, c, at, name);
  if (c.kind === "choice") {
    const list = makeList(panel, c, at, { id: name });
    return { show: list.show, box: h("div", { class: "ex-control ex-list" }, h("label", { for: name }, c.label), list.box) };
  }
  const tick = h("input", { type: "checkbox", id: name, change: () => panel.change(c, tick.checked) });
  return {
    show: () => { tick.checked = panel.state[at]; },
    box: h("div", { class: "ex-control ex-switch" }, tick, h("label", { for: name }, c.label)),
  };
};

/* A number in the sentence: drag it sideways, click it to type, step it by key. */
const TRAVEL = 420;
const makeSpot = (panel, c, at, spot) => {
  if (c.kind === "choice") {
    const list = makeList(panel, c, at, { "aria-label": c.label, class: spot.className });
    spot.replaceWith(list.box);
    return { show: list.show };
  }
  const text = () => (spot.dataset.bare ? trimmed(formatNumber(panel.state[at], c.unit)) : trimmed(format(panel.state[at], c.unit)));
  set(spot, { role: "spinbutton", tabindex: 0, "aria-label": c.label, "aria-valuemin": c.low, "aria-valuemax": c.high });
  let from;
  const type = (first) => {
    const entry = makeEntry(panel, c, at, () => { entry.box.replaceWith(spot); });
    entry.box.classList.add("ex-spot");
    spot.replaceWith(entry.box);
    entry.box.focus();
    if (first) entry.box.value = first;
    entry.box.addEventListener("keydown", ({ key }) => { if (key === "Enter" || key === "Escape") spot.focus(); });
  };
  spot.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    from = { x: event.clientX, p: positionOf(c, panel.state[at]), moved: false };
    spot.setPointerCapture(event.pointerId);
  });
  spot.addEventListener("pointermove", (event) => {
    if (!from) return;
    const dx = event.clientX - from.x;
    from.moved ||= Math.abs(dx) > 3;
    if (!from.moved) return;
    spot.classList.add("ex-held");
    panel.change(c, settle(c, clamp(from.p + dx / (event.shiftKey ? TRAVEL * 8 : TRAVEL), 0, 1)));
  });
  const release = (event) => {
    const click = from && !from.moved && event.type === "pointerup";
    from = undefined;
    spot.classList.remove("ex-held");
    if (click) type();
  };
  for (const name of ["pointerup", "pointercancel"]) spot.addEventListener(name, release);
  spot.addEventListener("keydown", (event) => {
    const next = keyed(c, panel.state[at], event);
    const digit = /^[\d.$]$/.test(event.key) && !event.ctrlKey && !event.metaKey;
    if (next === undefined && event.key !== "Enter" && !digit) return;
    event.preventDefault();
    if (next === undefined) type(digit ? event.key : "");
    else panel.change(c, next);
  });
  const show = () => {
    put(spot, text());
    set(spot, { "aria-valuenow": panel.state[at], "aria-valuetext": trimmed(format(panel.state[at], c.unit)) });
  };
  return { show };
};

/* 8. Words to carry away: link, command, Python. */

const quoted = (text) => (/^[\w.:+-]+$/.test(text) ? text : `"${text.replace(/[\\"$`]/g, "\\$&")}"`);
// What another control's option leaves without effect is not restated.
const idle = (spec, state, { when }) => when && state[spec.controls.findIndex(({ name }) => name === when[0])] !== when[1];
const commandOf = (spec, state) => spec.controls.reduce((text, control, i) => {
  if (idle(spec, state, control)) return text;
  const { name, kind, unit } = control;
  const flag = name.replaceAll("_", "-");
  if (kind === "toggle") return `${text} --${state[i] ? "" : "no-"}${flag}`;
  const whole = unit?.[1] === "date" && Number.isInteger(state[i]);
  return `${text} --${flag} ${quoted(whole ? dated(state[i]) : String(state[i]))}`;
}, spec.command);
const callOf = (spec, state) => {
  const given = state.flatMap((x, i) => {
    if (idle(spec, state, spec.controls[i])) return [];
    const text = x === true ? "True" : x === false ? "False" : typeof x === "string" ? JSON.stringify(x) : String(x);
    return `${spec.controls[i].name}=${text}`;
  });
  return `${spec.call}(${[...given, ...spec.fixed].join(", ")})`;
};
const linkOf = () => {
  const url = new URL(location.href);
  for (const key of [...url.searchParams.keys()]) {
    if (/^[a-z][a-z0-9-]*\.\w+$/.test(key)) url.searchParams.delete(key);
  }
  for (const panel of live()) {
    panel.state.forEach((x, i) => {
      const c = panel.spec.controls[i];
      if (x !== c.default) url.searchParams.set(`${panel.spec.id}.${c.name}`, encode(x));
    });
  }
  return url;
};
const writeLink = later(300, () => {
  // A browser may forbid it (an embedded page); the panel works without.
  try { history.replaceState(history.state, "", linkOf()); } catch { /* no link then */ }
});

/* 9. A panel. */

const mounted = new Set();
const panels = Object.create(null);
const live = () => [...mounted].filter((panel) => panel.root.isConnected || (mounted.delete(panel), false));
let count = 0;

const ratio = (a, b) => {
  if (!(Number.isFinite(a) && Number.isFinite(b)) || b === 0 || a === 0 || a < 0 !== b < 0) return "";
  return `, \u00d7\u2009${significant(a / b, 3)}`;
};

const mount = (script, traced) => {
  const root = script.previousElementSibling;
  if (!root || root.dataset.live) return;
  const spec = JSON.parse(root.querySelector("script").textContent);
  const calc = calculator(spec, traced);
  const key = `ex-${spec.id}-${++count}`;
  const start = spec.controls.map((c) => c.default);
  const panel = { spec, calc, root, start, state: [...start], outputs: [], first: calc.run(calc.inputs(start)).outputs };
  const shows = [];
  const find = (selector) => root.querySelector(selector);
  const body = find(".ex-body");
  const right = find(".ex-right");
  const rows = [...root.querySelectorAll(".ex-gives tr")];
  const given = [...root.querySelectorAll(".ex-with td")];
  const said = [...root.querySelectorAll("strong[data-name]")];
  const problem = h("p", { class: "ex-problem", hidden: true });
  const status = h("div", { class: "ex-unseen", role: "status" });
  let passing = "";
  let linked = "";

  panel.warn = (text) => { passing = text; render(); };
  panel.put = (c, value) => {
    const at = spec.controls.indexOf(c);
    if (panel.state[at] === value || !accepts(c, value)) return false;
    panel.state[at] = value;
    return true;
  };
  const settled = () => {
    passing = linked = "";
    render();
    announce();
    if (site()) writeLink();
  };
  const share = (c, value) => {
    if (!c.shared) return;
    for (const other of live()) {
      const twin = other !== panel && other.spec.controls.find(({ shared }) => shared === c.shared);
      if (twin && other.put(twin, value)) other.render();
    }
  };
  panel.change = (c, value) => {
    if (!panel.put(c, value)) return passing && settled();
    share(c, value);
    settled();
  };
  panel.adopt = (values) => {
    spec.controls.forEach((c, i) => {
      const value = Object.hasOwn(values, c.name) ? values[c.name] : panel.state[i];
      if (panel.put(c, value)) share(c, value);
    });
    settled();
  };

  const announce = later(600, () => {
    const { label, unit } = spec.outputs[0];
    put(status, problem.textContent || `${label}: ${format(panel.outputs[0], unit)}`);
  });
  const defaults = Object.fromEntries(spec.controls.map((c) => [c.name, c.default]));
  const matches = (values) => spec.controls.every((c, i) => panel.state[i] === (Object.hasOwn(values, c.name) ? values[c.name] : c.default));

  const carry = (button, text) => {
    const title = button.textContent;
    const done = () => { put(button, "Copied"); put(status, "Copied"); setTimeout(() => put(button, title), 1500); };
    const show = () => {
      const area = find(".ex-carried") || h("textarea", { class: "ex-carried", readonly: true, rows: 3, "aria-label": "Text to copy" });
      area.value = text;
      actions.after(area);
      area.focus();
      area.select();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, show);
    else show();
  };
  const button = (text, press, attributes) => h("button", { type: "button", click: (e) => press(e.currentTarget), ...attributes }, text);
  const presets = spec.presets.map(([name, values]) => ({
    values, box: button(name, () => panel.adopt({ ...defaults, ...values }), { class: "ex-preset" }),
  }));
  const reset = button("Reset", () => panel.adopt(defaults));
  const actions = h("div", { class: "ex-actions" }, reset);
  if (site()) actions.append(button("Copy link", (b) => carry(b, linkOf().href)));
  if (spec.command) actions.append(button("Copy command", (b) => carry(b, commandOf(spec, panel.state))));
  if (spec.call) actions.append(button("Copy Python", (b) => carry(b, callOf(spec, panel.state))));

  const spots = [...root.querySelectorAll(".ex-spot")];
  const inSentence = new Set(spots.map((spot) => spot.dataset.name));
  for (const spot of spots) {
    const at = spec.controls.findIndex(({ name }) => name === spot.dataset.name);
    shows.push(makeSpot(panel, spec.controls[at], at, spot).show);
  }
  const controls = h("div", { class: "ex-controls" });
  const more = h("details", { class: "ex-more" }, h("summary", {}, `More settings (${spec.more.length})`));
  spec.controls.forEach((c, at) => {
    if (inSentence.has(c.name)) return;
    const made = makeControl(panel, c, at, `${key}-${c.name}`);
    shows.push(made.show);
    // A number that only one option reads is out of sight under the others.
    if (c.when) {
      const on = spec.controls.findIndex(({ name }) => name === c.when[0]);
      shows.push(() => { made.box.hidden = panel.state[on] !== c.when[1]; });
    }
    (spec.more.includes(c.name) ? more : controls).append(made.box);
  });
  if (spec.more.length) controls.append(more);
  const echo = h("div", { class: "ex-echo", "aria-hidden": "true" }, h("span", {}, spec.outputs[0].label), h("b"));
  if (controls.children.length) {
    controls.append(echo);
    right.before(controls);
  }
  if (presets.length) find("header").after(h("div", { class: "ex-presets", role: "group", "aria-label": "Scenarios" }, ...presets.map(({ box }) => box)));
  const hint = h("p", { class: "ex-hint" });
  if (spots.length) find(".ex-sentence").after(hint, problem);
  else right.prepend(problem);
  spec.codes?.rows.flat().forEach((i) => rows[i].classList.add("ex-said"));
  said.forEach(({ dataset }) => { rows[spec.outputs.findIndex(({ name }) => name === dataset.name)].classList.add("ex-said"); });
  body.after(actions, status);
  const curve = spec.curve && makeCurve(panel);
  if (curve) right.append(curve.figure);
  const drawing = Object.keys(spec).find((name) => home.explorables[name]);
  const map = drawing && home.explorables[drawing](panel);
  if (map) right.append(map.figure);
  // Beside the controls stands what is drawn, below the headline; the list of results follows.
  const head = h("div", { class: "ex-lead" }, h("span", {}, spec.outputs[0].label), h("b"), h("small"));
  if (curve && (!map || drawing === "codes") && controls.children.length) {
    curve.figure.before(head);
    right.after(find(".ex-results"));
    root.dataset.split = "1";
  }

  const render = panel.render = () => {
    const { outputs, broken } = calc.run(calc.inputs(panel.state));
    panel.outputs = outputs;
    for (const show of shows) show();
    const changes = [];
    spec.outputs.forEach(({ unit, name }, i) => {
      const text = format(outputs[i], unit);
      const changed = Number.isFinite(outputs[i]) && outputs[i] !== panel.first[i];
      const [, now, was] = rows[i].children;
      put(now, text);
      const before = changed ? `from ${format(panel.first[i], unit)}${ratio(outputs[i], panel.first[i])}` : "";
      put(was, before);
      if (before && rows[i].className) changes.push(`${spec.outputs[i].label}: ${before}.`);
      for (const spot of said) if (spot.dataset.name === name) put(spot, spot.dataset.bare ? formatNumber(outputs[i], unit) : text);
      if (i === 0) [echo.lastChild, head.children[1]].forEach((e) => put(e, text)), put(head.lastChild, before);
    });
    spec.controls.forEach((c, i) => {
      const x = panel.state[i];
      put(given[i], c.kind === "slider" ? trimmed(format(x, c.unit)) : c.kind === "choice" ? c.options.find(([name]) => name === x)[1] : x ? "yes" : "no");
    });
    for (const { box, values } of presets) box.setAttribute("aria-pressed", matches(values));
    reset.disabled = matches({});
    const words = [calc.complaint(broken), passing, linked, panel.doubt].filter(Boolean).join(" ");
    put(problem, words);
    problem.hidden = !words;
    put(hint, changes.join(" ") || "Drag a number sideways, click it to type, or step it with the arrow keys.");
    put(echo.firstChild, words || spec.outputs[0].label);
    curve?.draw();
    map?.draw();
  };
  panel.note = (text) => { linked = linked ? `${linked} ${text}` : text; render(); };

  root.dataset.live = "1";
  if (map && drawing !== "codes") root.dataset.map = "1";
  // JupyterLab takes plain keys for commands; a panel keeps its own.
  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation();
  });
  panel.doubt = calc.agrees() ? "" : "This browser computes other numbers than Python did: do not rely on this panel.";
  mounted.add(panel);
  panels[spec.id] = {
    get: () => Object.fromEntries(spec.controls.map((c, i) => [c.name, panel.state[i]])),
    set: (values) => panel.adopt(values),
    evaluate: (values = {}) => {
      const state = spec.controls.map((c, i) => (Object.hasOwn(values, c.name) ? values[c.name] : panel.state[i]));
      const { outputs } = calc.run(calc.inputs(state));
      return Object.fromEntries(spec.outputs.map(({ name }, i) => [name, outputs[i]]));
    },
    complaint: () => problem.textContent,
  };
  if (site()) {
    const read = readPairs(spec, new URLSearchParams(location.search.slice(0, 4000)));
    for (const [name, value] of read.values) {
      panel.put(spec.controls.find((c) => c.name === name), value);
      // What a link has moved is in sight.
      more.open ||= spec.more.includes(name);
    }
    linked = read.problems.join(" ");
  }
  render();
  for (const drawn of [curve, map]) {
    if (!drawn) continue;
    drawn.resize();
    new ResizeObserver(drawn.resize).observe(drawn.figure);
  }
};

/* A link may name a panel of another page: say so once, when all are here. */
const strangers = () => {
  const [first] = live();
  if (!first || !site()) return;
  const keys = [...new URLSearchParams(location.search.slice(0, 4000)).keys()];
  const named = keys.filter((key) => /^[a-z][a-z0-9-]*\.\w+$/.test(key)).map((key) => key.split(".")[0]);
  if (named.some((id) => !(id in panels))) first.note("The link names a panel that is not on this page; it was ignored.");
};
if (home.document) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", strangers);
}

home.explorables = { version: VERSION, panels, mount, format, parse, editable, trimmed, readPairs, snap, stepped, calculator, commandOf, callOf, linearTicks, logTicks, dateTicks,
  kit: { h, set, clamp, snap, format, formatNumber } };
})();
