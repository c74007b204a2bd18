"use strict";
// The grid of ensembles, and what the sliders make of it. Words and numbers are those of told.py and grid.py.
const GRID = JSON.parse(document.getElementById("grid").textContent);
const FIELD = Object.fromEntries(GRID.fields.map((field) => [field.name, field]));
const SCALE = GRID.fields.flatMap((field) => Array(count(field)).fill(field.scale));
const MARKS = GRID.levers.map((lever) => lever.stops.findIndex((stop) => stop[0] === lever.values[lever.mark]));
const TIMES = GRID.dates.length;
const ALSO = "\u2212"; // a true minus sign
const HELD_ERROR = GRID.errors.find((error) => error.key === "held");
const LAG = "Coalition's lag";
const find = (id) => document.getElementById(id);
let at = [...MARKS]; // the stop of each slider
let settled = [...MARKS]; // the same, when a slider was last let go
const past = [];

function count(field) { return field.shape.reduce((a, b) => a * b, 1); }

// ---- Interpolation: [[point of the grid, weight]] around a place, and the row there; null where no neighbour has a number.
function corners(places) {
  let found = [[0, 1]];
  GRID.levers.forEach((lever, i) => {
    const n = lever.values.length, low = Math.min(Math.floor(places[i]), n - 2), part = places[i] - low;
    found = found.flatMap(([k, w]) => [[k * n + low, w * (1 - part)], [k * n + low + 1, w * part]]);
  });
  return found.filter(([, weight]) => weight > 0);
}

function rowAt(stops) {
  const around = corners(stops.map((stop, i) => GRID.levers[i].stops[stop][1]));
  return SCALE.map((scale, j) => {
    let sum = 0, total = 0;
    for (const [k, weight] of around) {
      const stored = GRID.rows[k][j];
      if (stored !== null) { sum += (stored / scale) * weight; total += weight; }
    }
    return total > 0 ? sum / total : null;
  });
}

function part(row, name) { const f = FIELD[name]; return row.slice(f.start, f.start + count(f)); }
function quantiles(row, name) { // [low, median, high] curves
  const all = part(row, name);
  return [0, 1, 2].map((q) => all.slice(q * TIMES, (q + 1) * TIMES));
}

// ---- Words.
function number(value, digits = 0) {
  const size = Math.floor(Math.abs(value) * 10 ** digits + 0.5) / 10 ** digits;
  return (value < 0 && size > 0 ? ALSO : "") + size.toFixed(digits);
}
function percent(share) { const p = 100 * share; return `${number(p, p > 0 && p < 9.95 ? 1 : 0)}\u00a0%`; }
function points(share, digits) {
  const shown = number(100 * share, digits);
  return share > 0 && /[1-9]/.test(shown) ? `+${shown}` : shown;
}
function changed([mean, half]) {
  if (mean === 0 && half === 0) return "unchanged";
  const low = mean - half, high = mean + half, digits = Math.abs(100 * mean) < 9.95 ? 1 : 0;
  return `${points(mean, digits)} points (95 % interval ${points(low, digits)} to ${points(high, digits)}` +
    (low <= 0 && high >= 0 ? ", so perhaps chance)" : ")");
}
function headline(row) {
  const [low, , high] = quantiles(row, "gdp_coalition").map((curve) => curve[TIMES - 1]);
  return `By ${GRID.end} a coalition stands in ${percent(part(row, "stands")[0])} of futures, and coalitions hold ` +
    `${percent(part(row, "held")[0])} of the ${GRID.nations.length} nations' GDP on average (in four futures of five between ` +
    `${percent(low)} and ${percent(high)}).`;
}
function changes(row) {
  return `Against ${GRID.reference}: GDP in coalitions ${changed(part(row, "held_change"))}, futures with a coalition ` +
    `${changed(part(row, "stands_change"))}.`;
}
function exact(around) {
  return around === 1 ? `Here: ${GRID.replicates} runs of the model.` :
    `Here: interpolated between ${around} neighbouring ensembles of ${GRID.replicates} runs each. Against fresh runs, GDP in coalitions ` +
    `was ${plain(HELD_ERROR.mean)} points off on average, at most ${plain(HELD_ERROR.most)}.`;
}
function plain(value) { return value === null ? "none" : number(value, 1); }
function range(said, low, high) { return `${said(low).split(/\s/)[0]} to ${said(high)}`; }
function months(value) { return value === null ? "none" : `${number(value)} months`; }

// ---- Building blocks.
function make(parent, tag, attributes = {}, text = "") {
  const svg = ["svg", "path", "line", "text", "circle", "title", "use", "g"].includes(tag);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}
function table(place, caption, head, rows) {
  place.replaceChildren();
  const made = make(place, "table");
  make(made, "caption", {}, caption);
  const top = make(make(made, "thead"), "tr");
  head.forEach((text) => make(top, "th", { scope: "col" }, text));
  const body = make(made, "tbody");
  for (const cells of rows) {
    const line = make(body, "tr");
    cells.forEach((text, i) => make(line, i ? "td" : "th", i ? {} : { scope: "row" }, text));
  }
}

// ---- Sliders.
function buildLevers() {
  GRID.levers.forEach((lever, i) => {
    const box = make(find("levers"), "div", { class: "lever" }), id = `lever-${lever.name}`;
    const name = make(box, "div", { class: "name" });
    make(name, "label", { for: id }, lever.title);
    make(name, "output", { id: `${id}-value`, for: id });
    const meaning = make(box, "p", { class: "meaning", id: `${id}-meaning` }, `${lever.meaning} `);
    make(meaning, "span", {}, [lever.source, lever.note, lever.still ? "Nothing on this page depends on it here." : ""].filter(Boolean).join(" "));
    const slider = make(box, "input", { id, type: "range", min: 0, max: lever.stops.length - 1, step: 1, "aria-describedby": `${id}-meaning ${id}-mark` });
    const track = make(box, "div", { class: "track", "aria-hidden": "true" });
    const mark = make(track, "i", {}, "\u25b2");
    mark.style.left = `${(100 * MARKS[i]) / (lever.stops.length - 1)}%`;
    const ends = make(box, "div", { class: "ends" });
    make(ends, "span", {}, bare(lever, 0));
    make(ends, "b", { id: `${id}-mark` }, `\u25b2 ${GRID.reference === "the baseline" ? "baseline" : "as it stands"}: ${lever.stops[MARKS[i]][2]}`);
    make(ends, "span", {}, bare(lever, lever.stops.length - 1));
    slider.addEventListener("input", () => { at[i] = Number(slider.value); draw(); });
    slider.addEventListener("change", settle);
  });
}
function bare(lever, stop) { return lever.stops[stop][2].replace(lever.unit, lever.unit.startsWith("%") ? "%" : "").trim(); }

// ---- Fans.
function buildFans() {
  for (const option of GRID.options) fan(`gdp_${option.name}`, option.label, option.colour);
  fan("lag", LAG, GRID.options[0].colour);
}
function fan(name, label, colour) {
  const figure = make(find("fans"), "figure", { id: `fan-${name}` });
  figure.style.setProperty("--colour", colour);
  const caption = make(figure, "figcaption");
  make(caption, "b");
  make(caption, "span", {}, label);
  make(caption, "small");
  make(figure, "svg", { role: "img", style: `--colour:${colour}` });
}
const MOST_MONTHS = GRID.rows.reduce((most, row) => Math.max(most, ...part(row, "lag").slice(2 * TIMES).map((v) => (v || 0) / FIELD.lag.scale)), 12);
function drawFan(name, label, row, before) {
  const lag = name === "lag", [low, median, high] = quantiles(row, name), last = TIMES - 1, figure = find(`fan-${name}`);
  const said = lag ? months : percent, top = lag ? 12 * Math.ceil(MOST_MONTHS / 12) : 1;
  figure.querySelector("b").textContent = said(median[last]);
  figure.querySelector("small").textContent = median[last] === null ? "hardly a coalition stands" : `${range(said, low[last], high[last])} by ${GRID.end}`;
  const svg = figure.querySelector("svg"), width = Math.max(120, svg.clientWidth || 260), height = Math.round(Math.min(150, Math.max(112, 0.52 * width))), left = 40, bottom = 18;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const old = quantiles(before, name)[1][last];
  svg.setAttribute("aria-label", `${label}: by ${GRID.end} a median of ${said(median[last])}` + (median[last] === null ? "" :
    `, in four futures of five ${range(said, low[last], high[last])}`) + `; ${GRID.reference}: ${said(old)}. The table below has all dates.`);
  const first = GRID.dates[0], x = (t) => left + ((width - left - 8) * (GRID.dates[t] - first)) / (GRID.dates[last] - first);
  const y = (v) => height - bottom - ((height - bottom - 7) * v) / top;
  for (const v of [0, top / 2, top]) {
    make(svg, "line", { class: "rule", x1: left, x2: width - 8, y1: y(v), y2: y(v) });
    make(svg, "text", { x: left - 5, y: y(v) + 4, "text-anchor": "end" }, lag ? number(v) : `${number(100 * v)}%`);
  }
  make(svg, "text", { x: left, y: height - 3 }, `${number(first)}`);
  make(svg, "text", { x: width - 8, y: height - 3, "text-anchor": "end" }, GRID.end);
  const known = GRID.dates.map((_, t) => t).filter((t) => median[t] !== null);
  const line = (curve, dates) => dates.map((t, k) => `${k ? "L" : "M"}${x(t).toFixed(1)} ${y(curve[t]).toFixed(1)}`).join("");
  if (known.length) {
    const back = [...known].reverse().map((t) => `L${x(t).toFixed(1)} ${y(low[t]).toFixed(1)}`).join("");
    make(svg, "path", { class: "band", d: `${line(high, known)}${back}Z`, fill: "var(--colour)" });
    make(svg, "path", { class: "median", d: line(median, known), stroke: "var(--colour)" });
  }
  if (moved()) {
    const was = quantiles(before, name)[1];
    make(svg, "path", { class: "before", d: line(was, GRID.dates.map((_, t) => t).filter((t) => was[t] !== null)) });
  }
}

// ---- Map and members.
function buildMap() {
  if (!GRID.map) return make(find("map"), "p", { class: "soft" }, "Invented nations have no place on a map; the list has them all.");
  const world = make(find("map"), "svg", { viewBox: GRID.map.view, role: "img", id: "world" });
  const land = make(world, "g", { id: "land" }), place = Object.fromEntries(GRID.nations.map((n, i) => [n.iso3, i]));
  for (const [iso3, d] of Object.entries(GRID.map.paths)) {
    make(land, "path", { d, class: GRID.map.hosts.includes(iso3) ? "host" : "land" });
    if (iso3 in place) pointable(make(land, "path", { d, class: "nation", "data-i": place[iso3] }));
  }
  for (const [iso3, [cx, cy]] of Object.entries(GRID.map.dots)) {
    make(land, "circle", { cx, cy, r: 55, class: "under" });
    if (iso3 in place) pointable(make(land, "circle", { cx, cy, r: 55, class: "nation", "data-i": place[iso3] }));
  }
  const near = make(find("map"), "svg", { viewBox: GRID.map.europe, class: "near", role: "img", "aria-label": "Europe, from the same map" });
  make(near, "use", { href: "#land" });
  near.addEventListener("click", point);
  near.addEventListener("mouseover", point);
  const legend = make(find("map").parentElement, "div", { class: "legend" });
  find("pointed").before(legend);
  const ramp = make(legend, "span", {}, "0 %");
  make(ramp, "i", { class: "ramp" });
  ramp.append("100 % of futures");
  key(legend, "var(--land)", "not simulated");
  key(legend, "var(--host)", "country of a vendor");
}
function key(legend, colour, text) {
  const entry = make(legend, "span");
  make(entry, "i").style.background = colour;
  entry.append(text);
}
function pointable(shape) { shape.addEventListener("click", point); shape.addEventListener("mouseover", point); }
function point(event) {
  const i = event.target.dataset?.i;
  if (i !== undefined) find("pointed").textContent = member(shown, start, Number(i));
}
function member(row, before, i) {
  const name = FIELD.members.start + i;
  return `${GRID.nations[i].name}: a member in ${percent(row[name])} of futures` + (moved() ? `; ${percent(before[name])} with all sliders at \u25b2.` : ".");
}
function drawMembers(row) {
  const chances = part(row, "members"), order = chances.map((_, i) => i).sort((a, b) => chances[b] - chances[a] || a - b);
  document.querySelectorAll("#land .nation").forEach((shape) => { shape.style.fillOpacity = chances[shape.dataset.i] || 0; });
  const top = order.slice(0, 5).map((i) => `${GRID.nations[i].name} ${percent(chances[i])}`).join(", ");
  find("world")?.setAttribute("aria-label", `World map. Most likely members: ${top}. The list below has every nation.`);
  const open = find("members").querySelector("details")?.open;
  find("members").replaceChildren();
  list(find("members"), order.slice(0, 16), chances);
  if (order.length > 16) {
    const rest = make(find("members"), "details", open ? { open: "" } : {});
    make(rest, "summary", {}, `The other ${order.length - 16} nations`);
    list(rest, order.slice(16), chances);
  }
}
function list(parent, order, chances) {
  const made = make(parent, "ol", { class: "members" });
  for (const i of order) {
    const line = make(made, "li");
    make(line, "span", {}, GRID.nations[i].name);
    make(make(line, "span", { class: "chance" }), "i").style.width = `${100 * (chances[i] || 0)}%`;
    make(line, "b", {}, chances[i] === null ? "none" : percent(chances[i]));
  }
}

// ---- Tables.
function drawTable(row, before) {
  const last = TIMES - 1, names = [...GRID.options.map((o) => [`gdp_${o.name}`, o.label, percent]), ["lag", LAG, months]];
  const rows = names.map(([name, label, said]) => [label, ...quantiles(row, name).map((curve) => said(curve[last])), said(quantiles(before, name)[1][last])]);
  table(find("table"), `By ${GRID.end}: shares of GDP, and the lag where a coalition stands`,
    ["who relies on whom", "10 % of futures below", "median", "90 % below", "median, all sliders at \u25b2"], rows);
  const dates = document.createElement("div");
  table(dates, "Median at every date", ["date", ...names.map(([, label]) => label)],
    GRID.dates.map((date, t) => [String(date), ...names.map(([name, , said]) => said(quantiles(row, name)[1][t]))]));
  find("table").append(...dates.childNodes);
}
function buildErrors() {
  const held = HELD_ERROR;
  find("error").textContent = `Measured at ${GRID.places} places off the grid: against fresh runs with other seeds, GDP in coalitions is ` +
    `${plain(held.mean)} points off on average and at most ${plain(held.most)}. Against runs with the grid\u2019s own seeds it is ` +
    `${plain(held.own_mean)} points off on average and at most ${plain(held.own_most)}: that is interpolation alone. What sets the two apart is chance, ` +
    `since ${GRID.replicates} runs are not all there could be.`;
  table(find("errors"), "How far the page is off in between", ["quantity", "against fresh runs, on average", "at most", "interpolation alone, on average", "at most"],
    GRID.errors.map((e) => [e.name, ...[e.mean, e.most, e.own_mean, e.own_most].map((v) => `${plain(v)} ${e.unit}`)]));
}
function buildRanges() {
  for (const lever of GRID.levers) {
    make(find("why"), "dt", {}, lever.title);
    make(find("why"), "dd", {}, `${lever.stops[0][2]} to ${lever.stops[lever.stops.length - 1][2]}: ${lever.range}. Ensembles at ` +
      `${lever.values.map((value) => lever.stops.find((stop) => stop[0] === value)[2]).join(", ")}. In the model it is ${lever.name}.`);
  }
}
function command() {
  const quote = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'"'"'`)}'`);
  const named = new Set(GRID.levers.map((lever) => lever.name)), given = [];
  for (let k = 0; k < GRID.scenario.run.length; k++) { // a slider takes the place of what was set of the same name
    const word = GRID.scenario.run[k];
    if (word === "--set" && named.has(GRID.scenario.run[k + 1].split("=")[0].trim())) k++;
    else given.push(word);
  }
  const set = GRID.levers.flatMap((lever, i) => ["--set", `${lever.name}=${lever.stops[at[i]][0]}`]);
  return ["abm", "run", ...given, ...set, "--replicates", GRID.replicates, "--seed", GRID.seed].map(String).map(quote).join(" ");
}

// ---- State: undo, the address, drawing.
function moved() { return at.some((stop, i) => stop !== MARKS[i]); }
function settle() {
  if (at.every((stop, i) => stop === settled[i])) return;
  past.push(settled);
  settled = [...at];
  const hash = moved() ? "#" + GRID.levers.map((lever, i) => `${lever.name}=${lever.stops[at[i]][0]}`).join("&") : " ";
  try { history.replaceState(null, "", hash === " " ? location.href.split("#")[0] : hash); } catch { /* a viewer without addresses */ }
  draw();
}
function move(stops) { at = [...stops]; draw(); }
function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  at = GRID.levers.map((lever, i) => {
    const value = given.has(lever.name) ? Number(given.get(lever.name)) : NaN;
    const off = lever.stops.map((stop) => Math.abs(stop[0] - value));
    return Number.isFinite(value) ? off.indexOf(Math.min(...off)) : MARKS[i];
  });
  settled = [...at];
}
const start = rowAt(MARKS);
let shown = start, speaking = 0;
function draw() {
  shown = rowAt(at);
  GRID.levers.forEach((lever, i) => {
    const slider = find(`lever-${lever.name}`), said = lever.stops[at[i]][2];
    slider.value = at[i];
    slider.setAttribute("aria-valuetext", said);
    find(`lever-${lever.name}-value`).textContent = said;
  });
  const change = moved() ? changes(shown) : `All sliders are at ${GRID.reference}.`;
  find("headline").textContent = headline(shown);
  find("change").textContent = change;
  find("exact").textContent = exact(corners(at.map((stop, i) => GRID.levers[i].stops[stop][1])).length);
  find("dashed").hidden = !moved();
  find("reset").disabled = !moved();
  find("undo").disabled = !past.length;
  for (const option of GRID.options) drawFan(`gdp_${option.name}`, option.label, shown, start);
  drawFan("lag", LAG, shown, start);
  drawMembers(shown);
  if (find("numbers").open) drawTable(shown, start);
  find("command").textContent = command();
  clearTimeout(speaking); // a screen reader hears what a slider leads to once it rests
  if (document.readyState === "complete") speaking = setTimeout(() => { find("spoken").textContent = `${headline(shown)} ${change}`; }, 900);
}

buildLevers();
buildFans();
buildMap();
buildErrors();
buildRanges();
document.querySelectorAll(".end").forEach((place) => { place.textContent = GRID.end; });
find("undo").addEventListener("click", () => { if (past.length) { at = past.pop(); settled = [...at]; draw(); } });
find("reset").addEventListener("click", () => { move(MARKS); settle(); });
find("numbers").addEventListener("toggle", () => drawTable(shown, start));
find("save").addEventListener("click", () => {
  const url = URL.createObjectURL(new Blob([find("grid").textContent], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: url, download: `${GRID.scenario.name}-grid.json` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
});
addEventListener("resize", draw);
addEventListener("hashchange", () => { if (location.hash.includes("=") || !location.hash) { fromAddress(); draw(); } });
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); find("sliders").focus(); });
const closed = []; // what is opened for printing alone
addEventListener("beforeprint", () => {
  const hidden = [...document.querySelectorAll("details:not([open])")];
  hidden.forEach((each) => { each.open = true; });
  closed.push(...hidden);
  drawTable(shown, start);
});
addEventListener("afterprint", () => closed.splice(0).forEach((each) => { each.open = false; }));
fromAddress();
draw();
