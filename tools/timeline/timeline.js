"use strict";
// SPDX-License-Identifier: Apache-2.0
// Zoom, search and details. Without it the picture is the same, but still.
{
const SVG = "http://www.w3.org/2000/svg", XHTML = "http://www.w3.org/1999/xhtml";
const NO_CLICK = 4;		// pixels that the pointer moves in a drag
const CLOSEST = 10;		// microseconds that can fill the picture
const DAY = 86400e6;
const svg = document.currentScript.ownerSVGElement;
const part = id => svg.querySelector("#" + id);
const [span, clock, width, top, margin, side, gutter, labelled, labelRoom, headingHeight, tickRoom, mark, least] =
	["span", "clock", "width", "top", "margin", "side", "gutter", "labelled", "room", "heading", "tick", "mark",
	 "least"].map(name => Number(svg.dataset[name]));
const heights = svg.dataset.heights.split(" ").map(some => some.split(":").map(Number));
const steps = svg.dataset.steps.split(" ").map(Number);
const [detailsWhat, detailsWho] = part("details").children;
const lost = [...part("marks").children];
const items = [...part("rows").children].map(itemRead);
const sessions = items.filter(item => item.states);
let view = {from: 0, to: span};	// the times at the edges
let shown, height, thickness, left, right, perUs, bottom;
let chosen = null, dragFrom = null, lastSeen = {}, query = "", hits = [];

// A heading, or a session: when it begins and ends, its states' numbers and lengths.
function itemRead(g) {
	const item = {g, y: 0};
	if (g.dataset.t === undefined)
		return item;
	const [begin, ...states] = g.dataset.t.split(" ");
	const flags = g.dataset.f || "";
	item.begin = item.end = Number(begin);
	item.before = flags.includes("b");
	item.unended = flags.includes("e");
	item.states = states.map(state => {
		const [number, length] = state.split(":").map(Number);
		const from = item.end;
		item.end += length;
		return {number, from, to: item.end};
	});
	return item;
}

function lines(item) {
	return item.g.querySelector("title").textContent.split("\n");
}

function rounded(value) {
	return String(Math.floor(value * 10 + 0.5) / 10);
}

function x(at) {
	return left + (at - view.from) * perUs;
}

// Which rows the view has, and where.
function place() {
	const visible = item => item.begin <= view.to && item.end >= view.from;
	const count = sessions.filter(visible).length;
	let y = top, heading = null;
	[, height, thickness] = heights.find(([most]) => count <= most);
	left = height === labelled ? gutter : side;
	right = width - side;
	perUs = (right - left) / (view.to - view.from);
	shown = [];
	for (const item of items) {
		item.shown = false;
		if (!item.states) {
			heading = item;
			continue;
		}
		if (!visible(item))
			continue;
		if (heading) {
			heading.shown = true;
			heading.y = y;
			y += headingHeight;
			heading = null;
		}
		item.shown = true;
		item.y = y;
		y += height;
		shown.push(item);
	}
	bottom = y;
}

function element(name, attributes, parent) {
	const made = document.createElementNS(SVG, name);
	for (const [key, value] of Object.entries(attributes))
		made.setAttribute(key, value);
	return parent.appendChild(made);
}

// What is drawn of a session, as rows.py has it: one too short for its states has the longest one's.
function bars(item) {
	const cut = at => Math.min(Math.max(at, view.from), view.to);
	const paths = [];
	if ((cut(item.end) - cut(item.begin)) * perUs < least) {
		const lengths = item.states.map(state => cut(state.to) - cut(state.from));
		const longest = item.states[lengths.indexOf(Math.max(...lengths))];
		return [["s" + longest.number, `M${rounded(Math.min(x(cut(item.begin)), right - least))} 0h${least}`]];
	}
	for (const {number, from, to} of item.states) {
		const length = rounded((cut(to) - cut(from)) * perUs);
		if (length !== "0")
			paths.push(["s" + number, `M${rounded(x(cut(from)))} 0h${length}`]);
	}
	if (item.before && item.begin >= view.from)
		paths.push(["m", `M${rounded(x(item.begin))} 0h${mark}`]);
	if (item.unended && item.end <= view.to)
		paths.push(["m", `M${rounded(x(item.end) - mark)} 0h${mark}`]);
	return paths;
}

function label(item) {
	const text = lines(item)[0], old = item.g.querySelector("text");
	if (old)
		old.remove();
	if (height === labelled)
		element("text", {x: 8, y: 4}, item.g).textContent =
			text.length <= labelRoom ? text : text.slice(0, labelRoom - 1) + "…";
}

function rowDraw(item) {
	item.g.setAttribute("transform", `translate(0,${rounded(item.y + thickness / 2)})`);
	item.g.querySelectorAll("path").forEach(path => path.remove());
	label(item);
	for (const [name, d] of bars(item))
		element("path", {class: name, d}, item.g);
}

function timeText(at, step) {
	const days = Math.floor(at / DAY), rest = at - days * DAY;
	const seconds = Math.floor(rest / 1e6), two = number => String(number).padStart(2, "0");
	const digits = step >= 1e6 ? 0 : 6 - Math.floor(Math.log10(step) + 1e-9);
	let text = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(n => two(Math.floor(n))).join(":");
	if (digits)
		text += "." + String(rest - seconds * 1e6).padStart(6, "0").slice(0, digits);
	return days ? `+${days}d ${text}` : text;
}

function axisDraw() {
	const least = Math.ceil(tickRoom / perUs), step = steps.find(some => some >= least) || least;
	const axis = part("axis");
	let grid = "";
	axis.replaceChildren();
	for (let at = Math.ceil((clock + view.from) / step) * step - clock; at <= view.to; at += step) {
		element("text", {x: rounded(x(at))}, axis).textContent = timeText(clock + at, step);
		grid += `M${rounded(x(at))} ${top}V${bottom}`;
	}
	part("grid").setAttribute("d", grid);
	for (const line of lost) {
		const at = Number(line.dataset.t), within = at >= view.from && at <= view.to;
		line.setAttribute("d", within ? `M${rounded(x(at))} ${top}V${bottom}` : "");
	}
}

function draw() {
	place();
	part("rows").setAttribute("stroke-width", thickness);
	for (const item of items) {
		if (!item.shown) {
			item.g.setAttribute("display", "none");
			continue;
		}
		item.g.removeAttribute("display");
		if (item.states)
			rowDraw(item);
		else
			item.g.setAttribute("transform", `translate(0,${item.y})`);
	}
	svg.setAttribute("height", bottom + margin);
	axisDraw();
	choose(chosen && chosen.shown ? chosen : null, null);
}

// Shows the times from and to, as far as there are any.
function zoom(from, to) {
	const more = Math.max(CLOSEST - (to - from), 0) / 2;
	view = {from: Math.max(0, Math.floor(from - more)), to: Math.min(span, Math.ceil(to + more))};
	draw();
	show(chosen);
}

function zoomTo(item) {
	const room = (item.end - item.begin) / 50;
	zoom(item.begin - room, item.end + room);
}

// Says all of a session, and of the one state, if it is given.
function choose(item, state) {
	const box = part("sel");
	chosen = item;
	box.setAttribute("width", item ? right - left : 0);
	box.setAttribute("height", item ? height : 0);
	if (!item)
		return;
	box.setAttribute("x", left);
	box.setAttribute("y", item.y - (height - thickness) / 2);
	const [who, what, ...texts] = lines(item);
	const time = at => timeText(clock + at, 1);
	detailsWho.textContent = `${who} · ${what}`;
	detailsWhat.textContent = state ? `${texts[item.states.indexOf(state)]} · from ${time(state.from)} ` +
		`to ${time(state.to)}` : `from ${time(item.begin)} · ${texts.join(" · ")}`;
}

function point(event) {
	const box = svg.getBoundingClientRect();
	return {x: event.clientX - box.left, y: event.clientY - box.top};
}

function timeAt(px) {
	return view.from + (Math.min(Math.max(px, left), right) - left) / perUs;
}

function itemAt(y) {
	return shown.find(item => y >= item.y && y < item.y + height) || null;
}

function inHead(event) {
	return part("head").contains(event.target);
}

function hover(event) {
	const at = point(event);
	if (event.clientX === lastSeen.x && event.clientY === lastSeen.y)
		return; // the page moved, not the pointer
	lastSeen = {x: event.clientX, y: event.clientY};
	if (dragFrom) {
		const from = Math.min(dragFrom.x, at.x);
		for (const [key, value] of Object.entries({x: from, y: top, width: Math.abs(at.x - dragFrom.x),
							   height: bottom - top}))
			part("drag").setAttribute(key, value);
	}
	const item = inHead(event) ? null : itemAt(at.y);
	if (!item)
		return;
	const time = timeAt(at.x);
	const state = item.states.find(({from, to}) => time >= from && time < to);
	choose(item, at.x >= left && state || null);
}

function release(event) {
	const at = point(event), from = dragFrom;
	dragFrom = null;
	part("drag").setAttribute("width", 0);
	if (!from || inHead(event) && at.x === from.x)
		return;
	if (Math.abs(at.x - from.x) > NO_CLICK)
		zoom(timeAt(Math.min(from.x, at.x)), timeAt(Math.max(from.x, at.x)));
	else if (itemAt(at.y))
		zoomTo(itemAt(at.y));
}

// A number is a port or a process; other text is part of a name or an address.
function matches(item) {
	const words = lines(item)[0].split(" ");
	const ends = [words[words.length - 3], words[words.length - 1]];
	const owner = words.slice(0, -3).join(" ");
	if (/^[0-9]+$/.test(query))
		return ends.some(end => end.endsWith(":" + query)) || owner.endsWith(`[${query}]`);
	return [owner, ...ends].some(text => text.toLowerCase().includes(query));
}

function search(text) {
	query = text.trim().toLowerCase();
	hits = query ? sessions.filter(matches) : [];
	for (const item of sessions)
		item.g.classList.remove("hit");
	for (const item of hits)
		item.g.classList.add("hit");
	svg.classList.toggle("q", query !== "");
	const [found, all] = [hits, sessions].map(some => some.length.toLocaleString("en"));
	count.textContent = query ? `${found} of ${all}` : "";
}

function show(item) {
	choose(item, null);
	window.scrollTo(0, item ? item.y - window.innerHeight / 2 : 0);
}

// The next of the rows from the chosen one on, or the one before it.
function step(rows, by) {
	const visible = rows.filter(item => item.shown);
	const next = chosen ? visible.findIndex(item => item.y > chosen.y) : 0;
	const index = by > 0 ? next : (next < 0 ? visible.length : next) - 2;
	show(visible[index] || visible[by > 0 ? 0 : visible.length - 1] || null);
}

function pan(by) {
	const length = view.to - view.from;
	const from = Math.min(Math.max(view.from + by * length, 0), span - length);
	zoom(from, from + length);
}

function closer(by) {
	const middle = (view.from + view.to) / 2, half = (view.to - view.from) / 2 * by;
	zoom(middle - half, middle + half);
}

const keys = {
	"/": () => input.focus(),
	"Escape": () => zoom(0, span),
	"ArrowDown": () => step(shown, 1),
	"ArrowUp": () => step(shown, -1),
	"ArrowRight": () => pan(0.25),
	"ArrowLeft": () => pan(-0.25),
	"+": () => closer(0.5),
	"-": () => closer(2),
	"Enter": () => chosen && zoomTo(chosen),
	"n": () => step(hits, 1),
};

function press(event) {
	if (event.ctrlKey || event.altKey || event.metaKey)
		return;
	if (event.target === input) {
		if (event.key === "Enter")
			step(hits, 1);
		if (event.key === "Escape") {
			input.value = "";
			search("");
			input.blur();
		}
	} else if (keys[event.key] && (event.target !== reset || event.key !== "Enter")) {
		event.preventDefault();
		keys[event.key]();
	}
}

function xhtml(name, attributes, parent) {
	const made = document.createElementNS(XHTML, name);
	Object.assign(made, attributes);
	return parent.appendChild(made);
}

const room = element("foreignObject", {x: width - 480, y: 6, width: 470, height: 30}, part("head"));
const tools = xhtml("div", {id: "tools"}, room);
const count = xhtml("span", {id: "count", ariaLive: "polite"}, tools);
const input = xhtml("input", {id: "search", type: "search", placeholder: "port or process ( / )", size: 22,
			      ariaLabel: "search by port or process"}, tools);
const reset = xhtml("button", {id: "reset", textContent: "Reset zoom"}, tools);

place();
detailsWhat.textContent = "Hover over a session for its numbers, click on it or drag to zoom. " +
	"Keys: arrows, + - Enter, Esc to reset, / to search, n for the next found.";
input.addEventListener("input", () => search(input.value));
reset.addEventListener("click", () => zoom(0, span));
document.addEventListener("keydown", press);
svg.addEventListener("pointerdown", event => {
	if (event.button === 0 && !inHead(event)) {
		dragFrom = point(event);
		event.preventDefault();
	}
});
svg.addEventListener("pointermove", hover);
svg.addEventListener("pointerup", release);
window.addEventListener("scroll", () => {
	part("head").setAttribute("transform", `translate(0,${window.scrollY})`);
});
}
