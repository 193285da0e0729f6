// What overlaps, crosses or is too small in the drawing of a page: a list of faults.
() => {
  const faults = [];
  const shown = [...document.querySelectorAll(".dg > svg")]
    .find(layout => getComputedStyle(layout).display !== "none");
  const visible = element => element.getClientRects().length > 0;
  const all = selector => [...shown.querySelectorAll(selector)].filter(visible);
  const frame = shown.parentNode.getBoundingClientRect();
  const scale = shown.getScreenCTM().a;
  const name = element => (element.textContent || element.getAttribute("class")).trim();
  const inset = (box, by) => ({
    left: box.left + by, right: box.right - by, top: box.top + by, bottom: box.bottom - by,
  });
  const meet = (one, other) => one.left < other.right && other.left < one.right
    && one.top < other.bottom && other.top < one.bottom;
  const within = (inner, outer) => inner.left >= outer.left && inner.right <= outer.right
    && inner.top >= outer.top && inner.bottom <= outer.bottom;
  const holds = (box, point) => point.x > box.left && point.x < box.right
    && point.y > box.top && point.y < box.bottom;

  const texts = all("text").map(element => ({
    element, says: name(element), box: element.getBoundingClientRect(),
    baseline: element.getScreenCTM().f + element.getScreenCTM().a * element.getAttribute("y"),
    size: parseFloat(getComputedStyle(element).fontSize) * scale,
  }));
  for (const { says, box, size } of texts) {
    if (size < 10.99) faults.push(`small text: ${says}, ${size.toFixed(1)} px`);
    if (!within(inset(box, 1), frame)) faults.push(`text outside: ${says}`);
  }
  texts.forEach((one, index) => texts.slice(index + 1).forEach(other => {
    const a = inset(one.box, 0.5), b = inset(other.box, 0.5);
    const beside = a.left < b.right && b.left < a.right;
    const near = Math.abs(one.baseline - other.baseline) < 11;
    if (meet(a, b) || (beside && near)) {
      faults.push(`texts overlap: ${one.says} | ${other.says}`);
    }
  }));

  const edged = all(".dg-edge, .dg-socket, .dg-enclosure, .dg-frame, .dg-area, .dg-grid");
  const areas = edged.flatMap(element => {
    const box = element.getBoundingClientRect();
    const one = { kind: element.getAttribute("class"), box };
    if (!element.matches(".dg-area")) return [one];
    // One path may hold many areas: each has its own edges.
    const matrix = element.getScreenCTM();
    return [...element.getAttribute("d").matchAll(/M([-\d.]+) ([-\d.]+)h([-\d.]+)v([-\d.]+)/g)]
      .map(([, x, y, width, height]) => {
        const left = matrix.e + matrix.a * x, top = matrix.f + matrix.d * y;
        return { kind: one.kind, box: {
          left, top, right: left + matrix.a * width, bottom: top + matrix.d * height } };
      });
  });
  const plates = all(".dg-plate").map(plate => plate.getBoundingClientRect());
  for (const { says, box } of texts) {
    const inner = inset(box, 1);
    if (plates.some(plate => within(inner, plate))) continue;
    for (const area of areas) {
      if (meet(inner, area.box) && !within(inner, area.box)) {
        faults.push(`text across an edge: ${says} (${area.kind})`);
      }
    }
  }

  const solid = areas.filter(({ kind }) => !/dg-(socket|enclosure|frame|outline)/.test(kind));
  const wires = all(".dg-wire").map(element => {
    const matrix = element.getScreenCTM();
    const length = element.getTotalLength();
    const samples = [];
    for (let at = 0; at <= length; at += 1.5) {
      samples.push(element.getPointAtLength(at).matrixTransform(matrix));
    }
    const corners = [];
    for (const [, letter, first, second] of
      element.getAttribute("d").matchAll(/([MHV])([-\d.]+)(?: ([-\d.]+))?/g)) {
      const last = corners.at(-1);
      if (letter === "M") corners.push({ x: +first, y: +second });
      if (letter === "H") corners.push({ x: +first, y: last.y });
      if (letter === "V") corners.push({ x: last.x, y: +first });
    }
    const runs = corners.slice(1).map((to, index) => [corners[index], to]
      .map(point => new DOMPoint(point.x, point.y).matrixTransform(matrix)));
    return { samples, runs, says: element.getAttribute("d") };
  });
  for (const { samples, says } of wires) {
    const through = texts.find(({ box }) => samples.some(point => holds(inset(box, 1.5), point)));
    if (through) faults.push(`wire through text: ${says} (${through.says})`);
    const area = solid.find(({ box }) => samples.some(point => holds(inset(box, 2), point)));
    if (area) faults.push(`wire through a box: ${says} (${area.kind})`);
  }
  const crosses = ([a, b], [c, d]) => {
    const level = Math.abs(a.y - b.y) < 0.01, otherLevel = Math.abs(c.y - d.y) < 0.01;
    if (level === otherLevel) return false;
    const [[l, r], [t, u]] = level ? [[a, b], [c, d]] : [[c, d], [a, b]];
    const inside = (value, from, to) => value > Math.min(from, to) + 2 && value < Math.max(from, to) - 2;
    return inside(t.x, l.x, r.x) && inside(l.y, t.y, u.y);
  };
  wires.forEach((one, index) => wires.slice(index + 1).forEach(other => {
    if (one.runs.some(run => other.runs.some(against => crosses(run, against)))) {
      faults.push(`wires cross: ${one.says} | ${other.says}`);
    }
  }));

  for (const link of all("a")) {
    const box = link.getBoundingClientRect();
    if (Math.min(box.width, box.height) < 23.9) {
      faults.push(`small link: ${name(link)}, ${box.width.toFixed(0)} x ${box.height.toFixed(0)} px`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the window");
  return faults;
}
