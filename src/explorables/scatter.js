/* Marks in a plane on a day: their states and the edges in force follow the slider.
   The numbers come through the panel like any other's; this only draws. */
(() => {
"use strict";
if (explorables.scatter) return;
const { h, set, clamp, formatNumber } = explorables.kit;
const TOP = 24;
const FOOT = 46;
const LEFT = 52;
const NEAR = 9;
/* The rules travel with the drawing, so that other panels need not carry them. */
const RULES = `
.ex-panel.ex-panel.ex-panel .ex-plane .ex-scatter { cursor: default; }
.ex-panel.ex-panel.ex-panel .ex-plane > p:first-child { margin: 0 0 0.35rem; font: 600 var(--ex-note)/1.4 var(--ex-sans); color: var(--ex-ink); }
.ex-panel.ex-panel.ex-panel .ex-plane .ex-mark { stroke: var(--ex-ink); stroke-width: 1; }
.ex-panel.ex-panel.ex-panel .ex-plane .ex-mark.ex-open { fill: var(--ex-ground); stroke: var(--ex-compute); stroke-width: 2.5; }
.ex-panel.ex-panel.ex-panel .ex-plane .ex-mark.ex-crossed { stroke: var(--ex-soft); stroke-width: 2; fill: none; }
.ex-panel.ex-panel.ex-panel .ex-plane svg .ex-mark-name, .ex-panel.ex-panel.ex-panel .ex-plane svg .ex-edge-name { fill: var(--ex-ink); paint-order: stroke; stroke: var(--ex-ground); stroke-width: 3px; stroke-linejoin: round; }
.ex-panel.ex-panel.ex-panel .ex-plane svg .ex-chosen-name { font-weight: 700; }
.ex-panel.ex-panel.ex-panel .ex-plane svg .ex-edge-name { font-style: italic; }
.ex-panel.ex-panel.ex-panel .ex-plane .ex-chosen { fill: none; stroke: var(--ex-ink); stroke-width: 1.5; }
.ex-panel.ex-panel.ex-panel .ex-plane .ex-edge { fill: none; stroke: var(--ex-ink); stroke-width: 1.75; stroke-linejoin: round; }
.ex-panel.ex-panel.ex-panel .ex-plane .ex-edge.ex-dashed { stroke-dasharray: 5 4; }`;
const R = 5.5;

const SHAPES = {
  circle: (x, y) => `M${x - R} ${y}a${R} ${R} 0 1 0 ${2 * R} 0a${R} ${R} 0 1 0 ${-2 * R} 0z`,
  diamond: (x, y) => `M${x} ${y - R - 1.5}l${R + 1.5} ${R + 1.5}l${-R - 1.5} ${R + 1.5}l${-R - 1.5} ${-R - 1.5}z`,
  square: (x, y) => `M${x - R} ${y - R}h${2 * R}v${2 * R}h${-2 * R}z`,
  "open square": (x, y) => `M${x - R} ${y - R}h${2 * R}v${2 * R}h${-2 * R}z`,
  cross: (x, y) => `M${x - R} ${y - R}l${2 * R} ${2 * R}M${x + R} ${y - R}l${-2 * R} ${2 * R}`,
};
const looks = ([, shape, noun]) => `ex-mark ex-block-${noun}${shape === "open square" ? " ex-open" : ""}${shape === "cross" ? " ex-crossed" : ""}`;

explorables.scatter = (panel) => {
  const { spec } = panel;
  const s = spec.scatter;
  const place = (name) => spec.controls.findIndex((c) => c.name === name);
  const [atDay, atChosen, atDecided] = [s.day, s.chosen, s.decided].map(place);
  const day = spec.controls[atDay];
  const svg = h("svg:svg", { role: "img", class: "ex-plot ex-scatter" });
  const edges = h("svg:g", {});
  const axes = h("svg:g", { class: "ex-ticks" });
  const marks = h("svg:g", {});
  svg.append(h("svg:style", {}, RULES), axes, edges, marks);
  const swatch = (state) => {
    const shown = h("svg:svg", { width: 16, height: 16, "aria-hidden": "true" }, h("svg:path", { d: SHAPES[state[1]](8, 8), class: looks(state) }));
    return h("span", { class: "ex-swatch" }, shown, state[0]);
  };
  const title = h("p", {});
  const rest = h("p", { class: "ex-hint" });
  const figure = h("div", { class: "ex-curve ex-plane" }, title, h("div", { class: "ex-y ex-legend" }, ...s.states.map(swatch)), svg, rest);
  let width = 0;
  let height = 0;

  const share = ({ low, high }, x) => Math.log(clamp(x, low, high) / low) / Math.log(high / low);
  const stateOn = (mark, now) => mark.spells[panel.state[atDecided]].reduce((found, [from, state]) => (now >= from ? state : found), 0);
  const text = (x, y, anchor, said, kind) => h("svg:text", { x, y, "text-anchor": anchor, ...(kind ? { class: kind } : {}) }, said);
  const draw = () => {
    if (!width) return;
    const now = panel.state[atDay];
    const view = s.views.reduce((found, v) => (now >= v.from_day ? v : found), s.views[0]);
    const up = s.up[view.up];
    const wide = width - LEFT - 12;
    const tall = height - TOP - FOOT;
    const px = (x) => LEFT + wide * share(s.across, x);
    const py = (y) => TOP + tall * (1 - share(up, y));
    title.textContent = `${formatNumber(now, day.unit)}: ${view.title}`;
    axes.replaceChildren(text(LEFT, TOP - 9, "start", up.label), text(LEFT + wide, TOP + tall + 36, "end", s.across.label));
    const few = width < 480 ? s.across.ticks.filter((_, i) => i % 2 === 0) : s.across.ticks;
    for (const x of few) axes.append(h("svg:path", { d: `M${px(x)} ${TOP + tall}v5` }), text(px(x), TOP + tall + 19, "middle", x.toLocaleString("en")));
    for (const y of up.ticks) axes.append(h("svg:path", { d: `M${LEFT} ${py(y)}h${wide}` }), text(LEFT - 7, py(y) + 4, "end", y.toLocaleString("en")));
    edges.replaceChildren(...view.edges.map(({ corners, dashed }) => h("svg:path", {
      class: `ex-edge${dashed ? " ex-dashed" : ""}`,
      d: corners.map(([x, y], i) => `${i ? "L" : "M"}${px(x).toFixed(1)} ${py(y).toFixed(1)}`).join(""),
    })), ...view.edges.map(({ name, name_at: [x, y], name_ends }) => text(px(x), py(y), name_ends ? "end" : "start", name, "ex-edge-name")));
    // What lies at one place is named once.
    const groups = [];
    const missing = [];
    for (const mark of s.marks) {
      const state = stateOn(mark, now);
      const y = mark.up[view.up];
      if (y == null) { missing.push([mark, state]); continue; }
      const at = [px(mark.across), py(y)];
      const group = groups.find(({ x, y: other }) => Math.hypot(x - at[0], other - at[1]) < NEAR);
      if (group) group.members.push([mark, state]);
      else groups.push({ x: at[0], y: at[1], members: [[mark, state]], left: mark.left[view.up] });
    }
    marks.replaceChildren();
    for (const { x, y, members, left } of groups) {
      const chosen = members.some(([{ chosen_by }]) => chosen_by === panel.state[atChosen]);
      if (chosen) marks.append(h("svg:circle", { cx: x, cy: y, r: 11, class: "ex-chosen" }));
      const states = [...new Set(members.map(([, state]) => state))].sort((a, b) => b - a);
      states.forEach((state, i) => marks.append(h("svg:path", { d: SHAPES[s.states[state][1]](x + 5 * i, y), class: looks(s.states[state]) })));
      const names = members.map(([{ name }]) => name).join(", ");
      const end = (left && x - 7 * names.length > LEFT) || x + 7 * names.length + 12 > LEFT + wide;
      marks.append(text(end ? x - 13 : x + 13 + 5 * (states.length - 1), y + 4, end ? "end" : "start", names, chosen ? "ex-mark-name ex-chosen-name" : "ex-mark-name"));
    }
    rest.textContent = missing.length ? `${s.unplaced}: ${missing.map(([{ name }, state]) => `${name} (${s.states[state][0]})`).join(", ")}.` : "";
    const said = s.states.map(([name], i) => [name, s.marks.filter((mark) => stateOn(mark, now) === i).map((mark) => mark.name)]);
    set(svg, { "aria-label": `On ${title.textContent} ${said.filter(([, names]) => names.length).map(([name, names]) => `${name}: ${names.join(", ")}`).join("; ")}.` });
  };
  const resize = () => {
    const wanted = figure.clientWidth;
    if (!wanted || wanted === width) return;
    width = wanted;
    height = Math.round(clamp(width * 0.72, 290, 400));
    set(svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    draw();
  };
  return { figure, draw, resize };
};
})();
