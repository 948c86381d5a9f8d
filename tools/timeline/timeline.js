"use strict";
// SPDX-License-Identifier: Apache-2.0
// Zoom, search, details, groups that fold. Without it the picture is still, and has the first sessions of each group.
{
const SVG = "http://www.w3.org/2000/svg", XHTML = "http://www.w3.org/1999/xhtml";
const NO_CLICK = 4;		// pixels that the pointer moves in a drag
const CLOSEST = 10;		// microseconds that can fill the picture
const COLUMN = 3;		// pixels of a column of sessions that have no row
const DAY = 86400e6;
const HELP = "Hover over a row for its numbers. Click a session to zoom, a heading to fold its group, drag to zoom. " +
	"Keys: arrows, + - Enter, Esc: all, / to search.";
const svg = document.currentScript.ownerSVGElement;
const part = id => svg.querySelector("#" + id);
const [settings, ...records] = part("data").textContent.trim().split("\n").map(line => JSON.parse(line));
const {span, clock, top, margin, label: labelX, row: rowHeight} = settings;
const [detailsWhat, detailsWho] = part("details").children;
const lost = [...part("marks").children];
const groups = groupsRead(records);
const sessions = groups.flatMap(group => group.sessions);
let view = {from: 0, to: span};	// the times at the edges
let lines = [];			// what there is to see: headings, sessions, and what is left of a group
let width, left, right, letters, perUs, bottom;
let chosen = null, dragFrom = null, lastSeen = {}, terms = [];

function sessionRead([times, flags, word, who, what, ...spans]) {
	const [begin, ...lengths] = times.split(" ");
	const session = {begin: Number(begin), end: Number(begin), flags, word, who, what, spans, isBad: flags.includes("x")};
	session.states = lengths.map(state => {
		const [number, length] = state.split(":").map(Number);
		const from = session.end;
		session.end += length;
		return {number, from, to: session.end};
	});
	return session;
}

function groupsRead(records) {
	const groups = [];
	let joined = null; // a session whose other end is the next one
	for (const record of records) {
		if (!Array.isArray(record)) {
			groups.push({...record, sessions: [], isFolded: false, isOpen: false});
			continue;
		}
		const session = sessionRead(record);
		if (joined)
			[joined.partner, session.partner] = [session, joined];
		joined = session.flags.includes("j") ? session : null;
		groups[groups.length - 1].sessions.push(session);
	}
	return groups;
}

function rounded(value) {
	return String(Math.floor(value * 10 + 0.5) / 10);
}

function x(at) {
	return left + (at - view.from) * perUs;
}

function cut(at) {
	return Math.min(Math.max(at, view.from), view.to);
}

function plural(count, what) {
	return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

// The most frequent bad ends, as many as there is room for.
function badText(some, room) {
	const words = new Map();
	for (const {isBad, word} of some)
		if (isBad)
			words.set(word, (words.get(word) || 0) + 1);
	let text = "";
	for (const [word, count] of [...words].sort((one, other) => other[1] - one[1])) {
		const more = ` · ${count.toLocaleString("en")} ${word}`;
		if (text.length + more.length > room)
			return text + " · …";
		text += more;
	}
	return text;
}

// A number is a port or a process; a state's name finds those that were in it, the beginning of a reason those that
// ended so; any other text is a part of the owner or an address.
function matches(session, term) {
	const words = session.who.split(" ");
	const ends = [words[words.length - 3], words[words.length - 1]];
	const owner = words.slice(0, -3).join(" ");
	if (/^[0-9]+$/.test(term))
		return ends.some(end => end.endsWith(":" + term)) || owner.endsWith(`[${term}]`);
	const state = settings.states.indexOf(term.toUpperCase().replaceAll("-", "_"));
	if (state > 0)
		return session.states.some(({number}) => number === state);
	return session.word !== "" && session.word.toLowerCase().startsWith(term) ||
		[owner, ...ends].some(text => text.toLowerCase().includes(term));
}

function isFound(session) {
	return terms.every(term => matches(session, term));
}

// Both ends of a session stay together.
function isVisible(session) {
	return session.begin <= view.to && session.end >= view.from &&
		(isFound(session) || session.partner && isFound(session.partner));
}

// How many sessions of a group have a row: not all but one of them, nor one of two ends that are joined.
function rowsOf(found, most) {
	if (found.length <= most + 1)
		return found.length;
	return most + (found[most] === found[most - 1].partner ? 1 : 0);
}

function place() {
	width = settings.fixed ? settings.width : Math.max(window.innerWidth - scrollbar(), settings.narrowest);
	const [share, least, most] = settings.gutter;
	left = Math.floor(Math.min(Math.max(width * share, least), most));
	right = width - settings.side;
	letters = Math.floor((left - labelX - margin) / settings.letter);
	perUs = (right - left) / (view.to - view.from);
}

// The page is higher than the window in most cases: then its scroll bar takes some of the width.
function scrollbar() {
	const root = document.documentElement;
	return root.clientWidth > 0 && root.clientWidth < window.innerWidth ? window.innerWidth - root.clientWidth : 0;
}

// Which lines the view has, and where.
function arrange() {
	const found = groups.map(group => group.sessions.filter(isVisible));
	const visibleCount = found.reduce((sum, some) => sum + some.length, 0);
	const shownGroups = found.filter(some => some.length).length;
	const few = visibleCount <= settings.all ? visibleCount :
		Math.max(settings.few, Math.floor(Math.floor(settings.all / shownGroups) / 3));
	const isAll = !terms.length && view.from === 0 && view.to === span;
	let y = top;
	const add = (height, line) => {
		lines.push({...line, y, height});
		y += height;
	};
	lines = [];
	groups.forEach((group, index) => {
		const some = found[index];
		if (!some.length && !(isAll && group.away))
			return;
		if (group.name)
			add(settings.heading, {group, found: some});
		if (group.isFolded)
			return;
		const count = group.isOpen ? some.length : rowsOf(some, few);
		for (const [at, session] of some.slice(0, count).entries())
			add(rowHeight, {session, isJoined: at + 1 < count && some[at + 1] === session.partner});
		if (count < some.length)
			add(settings.rest, {group, rest: some.slice(count)});
	});
	bottom = y;
}

function element(name, attributes, parent) {
	const made = document.createElementNS(SVG, name);
	for (const [key, value] of Object.entries(attributes))
		made.setAttribute(key, value);
	if (parent)
		parent.appendChild(made);
	return made;
}

// What is drawn of a session, as rows.py has it: one too short for its states has the longest one's.
function bars(session) {
	const paths = [], {mark, least} = settings;
	if ((cut(session.end) - cut(session.begin)) * perUs < least) {
		const lengths = session.states.map(state => cut(state.to) - cut(state.from));
		const longest = session.states[lengths.indexOf(Math.max(...lengths))];
		return [["s" + longest.number, `M${rounded(Math.min(x(cut(session.begin)), right - least))} 0h${least}`]];
	}
	for (const {number, from, to} of session.states) {
		const length = rounded((cut(to) - cut(from)) * perUs);
		if (length !== "0")
			paths.push(["s" + number, `M${rounded(x(cut(from)))} 0h${length}`]);
	}
	if (session.flags.includes("b") && session.begin >= view.from)
		paths.push(["m", `M${rounded(x(session.begin))} 0h${mark}`]);
	if (session.flags.includes("e") && session.end <= view.to)
		paths.push(["m", `M${rounded(x(session.end) - mark)} 0h${mark}`]);
	return paths;
}

// A name that fits: without the local address, and if need be without the end of the owner's name.
function label(text) {
	if (text.length <= letters)
		return text;
	const words = text.split(" "), [near, arrow, far] = words.slice(-3);
	const owner = words.slice(0, -3).join(" "), ends = `:${near.split(":").pop()} ${arrow} ${far}`;
	const most = Math.max(letters - ends.length - 1, 2);
	return `${owner.length <= most ? owner : owner.slice(0, most - 1) + "…"} ${ends}`;
}

function endDraw(session, g) {
	if (session.word === "" || session.word === "fin" || session.end > view.to || session.end < view.from)
		return;
	const at = x(session.end);
	if (session.flags.includes("s"))
		element("path", {class: "y", d: `M${rounded(at + 6)} -5${settings.diamond}`}, g);
	else if (session.isBad)
		element("path", {class: "x", d: `M${rounded(at + 2)} -3.5${settings.cross}`}, g);
	else
		element("path", {class: "o", d: `M${rounded(at + 2)} -5v10`}, g);
	element("text", {class: session.isBad ? "w" : "v", x: rounded(at + 14), y: 4}, g).textContent = session.word;
}

function sessionDraw({session, isJoined, y}) {
	const g = element("g", {class: "r", transform: `translate(0,${y + rowHeight / 2})`});
	element("title", {}, g).textContent = [session.who, session.what, ...session.spans].join("\n");
	element("text", {x: labelX, y: 4}, g).textContent = label(session.who);
	if (isJoined)
		element("path", {class: "j", d: `M${labelX - 6} 0h-6v${rowHeight}h6`}, g);
	for (const [name, d] of bars(session))
		element("path", {class: name, d}, g);
	endDraw(session, g);
	return g;
}

// How many of its own sessions a group has, and how many are there as the other ends of these.
function countText(group, found) {
	const guests = found.filter(({flags}) => flags.includes("g")).length;
	const isAll = found.length === group.sessions.length;
	const own = found.length - guests + (isAll ? group.away : 0);
	const of = own < group.count ? `${own.toLocaleString("en")} of ` : "";
	const notes = guests ? [`, and the other ends of ${guests.toLocaleString("en")}`] : [];
	if (isAll && group.away)
		notes.push(`, ${group.away.toLocaleString("en")} shown at their other ends`);
	return of + plural(group.count, "session") + notes.join("");
}

function headingDraw({group, found, y}) {
	const g = element("g", {class: "g", transform: `translate(0,${y})`});
	element("rect", {class: "under", y: 3, width: "100%", height: settings.heading - 6}, g);
	element("text", {x: 6, y: 19}, g).textContent = group.isFolded ? "▸" : "▾";
	const name = element("text", {x: labelX, y: 19}, g);
	name.textContent = group.name;
	element("tspan", {class: "said", dx: 10}, name).textContent = countText(group, found);
	element("tspan", {class: "warn"}, name).textContent = badText(found, settings.words);
	return g;
}

// The mean number of sessions in each state, in columns of the view: what occupancy.py does for all of the time.
function levels(some, count) {
	const us = (view.to - view.from) / count;
	const changes = settings.states.map(() => new Float64Array(count + 1));
	const times = settings.states.map(() => new Float64Array(count + 1));
	const change = (state, at, number) => {
		const column = Math.min(Math.floor((at - view.from) / us), count);
		changes[state][column] += number;
		times[state][column] += number * ((column + 1) * us - (at - view.from));
	};
	for (const {states} of some)
		for (const {number, from, to} of states)
			if (to >= view.from && from <= view.to) {
				change(number, cut(from), 1);
				change(number, cut(to), -1);
			}
	return changes.map((of, state) => {
		let before = 0;
		return [...of.subarray(0, count)].map((number, column) => {
			const level = before + times[state][column] / us;
			before += number;
			return Math.max(level, 0);
		});
	});
}

function areasDraw(some, height, parent) {
	const count = Math.max(Math.floor((right - left) / COLUMN), 1), states = levels(some, count);
	const below = new Array(count).fill(0), stacked = [];
	for (const state of settings.stack) {
		if (!states[state].some(level => level > 0))
			continue;
		const bottoms = below.slice();
		states[state].forEach((level, column) => below[column] += level);
		stacked.push([state, bottoms, below.slice()]);
	}
	const most = Math.max(...below), step = (right - left) / count;
	const edge = values => values.map((value, column) => {
		const y = rounded(height - value * height / most);
		return `${rounded(left + column * step)} ${y}L${rounded(left + (column + 1) * step)} ${y}`;
	});
	for (const [state, bottoms, tops] of stacked) {
		const back = edge(bottoms).map(points => points.split("L").reverse().join("L")).reverse();
		element("path", {class: `a s${state}`, d: `M${edge(tops).join("L")}L${back.join("L")}z`}, parent);
	}
}

function restDraw({rest, y}) {
	const g = element("g", {class: "t", transform: `translate(0,${y})`});
	element("text", {x: 6, y: 19}, g).textContent = "▸";
	const text = element("text", {x: labelX, y: 19}, g);
	text.textContent = `${rest.length.toLocaleString("en")} more`;
	element("tspan", {class: "warn"}, text).textContent = badText(rest, letters - text.textContent.length - 4);
	areasDraw(rest, settings.rest - 6, element("g", {transform: "translate(0,3)"}, g));
	return g;
}

function lineDraw(line) {
	return line.session ? sessionDraw(line) : line.rest ? restDraw(line) : headingDraw(line);
}

// Draws the lines that are in sight.
function paint() {
	const from = window.scrollY - window.innerHeight, to = window.scrollY + 2 * window.innerHeight;
	part("rows").replaceChildren(...lines.filter(({y, height}) => y + height >= from && y <= to).map(lineDraw));
	if (!lines.length)
		element("text", {class: "said", x: labelX, y: top + 19}, part("rows")).textContent = "No session matches.";
	part("head").setAttribute("transform", `translate(0,${Math.max(window.scrollY - settings.sticky, 0)})`);
	selectionDraw();
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
	const least = Math.ceil(settings.tick / perUs), step = settings.steps.find(some => some >= least) || least;
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

// The overview has all of the time: what the rows do not show is in the shade.
function overviewDraw() {
	const band = part("overview"), y = Number(band.getAttribute("y"));
	const edges = [view.from, view.to].map(at => left + at / span * (right - left));
	edges[1] = Math.max(edges[1], edges[0] + settings.mark);
	const shade = (from, to) => to > from ? `M${rounded(from)} ${y}H${rounded(to)}v${settings.overview}H${rounded(from)}z` : "";
	band.setAttribute("x", left);
	band.setAttribute("width", right - left);
	part("window").setAttribute("d", shade(left, edges[0]) + shade(edges[1], right));
}

function draw() {
	arrange();
	svg.setAttribute("height", bottom + margin);
	place();
	svg.setAttribute("width", width);
	axisDraw();
	overviewDraw();
	resetRoom.setAttribute("x", right + margin);
	if (chosen)
		chosen = lines.find(line => sameLine(line, chosen)) || null;
	paint();
}

function sameLine(one, other) {
	return one.session === other.session && one.group === other.group && !one.rest === !other.rest;
}

// Shows the times from and to, as far as there are any.
function zoom(from, to) {
	const more = Math.max(CLOSEST - (to - from), 0) / 2;
	view = {from: Math.max(0, Math.floor(from - more)), to: Math.min(span, Math.ceil(to + more))};
	draw();
	show(chosen);
}

function zoomTo({begin, end}) {
	const some = (end - begin) / 50;
	zoom(begin - some, end + some);
}

function selectionDraw() {
	const box = part("sel");
	box.setAttribute("width", chosen ? width - 2 : 0);
	box.setAttribute("height", chosen ? chosen.height - 1 : 0);
	box.setAttribute("x", 1);
	box.setAttribute("y", chosen ? chosen.y + 0.5 : 0);
}

// Says all of a line, and of a session's one state, if it is given.
function choose(line, state) {
	chosen = line;
	selectionDraw();
	if (!line)
		return;
	const time = at => timeText(clock + at, 1);
	if (!line.session) {
		const some = line.rest || line.found;
		detailsWhat.textContent = line.group.name + (line.rest ? `: ${some.length.toLocaleString("en")} more` : "") +
			badText(some, settings.words);
		detailsWho.textContent = line.rest ? "Click or Enter: a row for each of them" : "Click or Enter: fold, or unfold";
		return;
	}
	const {who, what, spans, states, begin} = line.session;
	detailsWho.textContent = `${who} · ${what}`;
	detailsWhat.textContent = state ? `${spans[states.indexOf(state)]} · from ${time(state.from)} to ${time(state.to)}` :
		`from ${time(begin)} · ${spans.join(" · ")}`;
}

// What a click on a line does, or Enter.
function act(line) {
	if (line.session)
		return zoomTo(line.session);
	if (line.rest)
		line.group.isOpen = true;
	else {
		line.group.isFolded = !line.group.isFolded;
		line.group.isOpen = false;
	}
	draw();
}

function point(event) {
	const box = svg.getBoundingClientRect();
	return {x: event.clientX - box.left, y: event.clientY - box.top};
}

// The time at a place: of the overview, or of the rows.
function timeAt(px, inOverview) {
	const share = (Math.min(Math.max(px, left), right) - left) / (right - left);
	return inOverview ? share * span : view.from + share * (view.to - view.from);
}

function lineAt(y) {
	return lines.find(line => y >= line.y && y < line.y + line.height) || null;
}

function inside(id, event) {
	return part(id).contains(event.target);
}

function dragDraw(at) {
	const box = part("drag"), band = part("overview").getBoundingClientRect(), page = svg.getBoundingClientRect();
	const y = dragFrom.inOverview ? band.top - page.top : top;
	const height = dragFrom.inOverview ? settings.overview : bottom - top;
	for (const [key, value] of Object.entries({x: Math.min(dragFrom.x, at.x), y, width: Math.abs(at.x - dragFrom.x), height}))
		box.setAttribute(key, value);
}

function hover(event) {
	const at = point(event);
	if (event.clientX === lastSeen.x && event.clientY === lastSeen.y)
		return; // the page moved, not the pointer
	lastSeen = {x: event.clientX, y: event.clientY};
	if (dragFrom)
		dragDraw(at);
	const line = inside("head", event) ? null : lineAt(at.y);
	if (!line)
		return;
	const time = timeAt(at.x, false);
	const state = line.session && line.session.states.find(({from, to}) => time >= from && time < to);
	choose(line, at.x >= left && state || null);
}

function press(event) {
	const inOverview = inside("overview", event);
	if (event.button !== 0 || inside("head", event) && !inOverview)
		return;
	dragFrom = {...point(event), inOverview};
	event.preventDefault();
}

function release(event) {
	const at = point(event), from = dragFrom;
	dragFrom = null;
	part("drag").setAttribute("width", 0);
	if (!from)
		return;
	if (Math.abs(at.x - from.x) > NO_CLICK)
		zoom(timeAt(Math.min(from.x, at.x), from.inOverview), timeAt(Math.max(from.x, at.x), from.inOverview));
	else if (from.inOverview)
		center(timeAt(at.x, true));
	else if (lineAt(at.y))
		act(lineAt(at.y));
}

function search(text) {
	terms = text.trim().toLowerCase().split(/\s+/).filter(term => term);
	draw();
	const [found, all] = [sessions.filter(isFound), sessions].map(some => some.length.toLocaleString("en"));
	count.textContent = terms.length ? `${found} of ${all}` : "";
}

function show(line) {
	choose(line, null);
	window.scrollTo(0, line ? line.y - window.innerHeight / 2 : 0);
}

function step(by) {
	const at = chosen ? lines.findIndex(line => sameLine(line, chosen)) + by : by > 0 ? 0 : lines.length - 1;
	show(lines[(at + lines.length) % lines.length] || null);
}

function center(at) {
	const length = view.to - view.from;
	const from = Math.min(Math.max(at - length / 2, 0), span - length);
	zoom(from, from + length);
}

function pan(by) {
	center((view.from + view.to) / 2 + by * (view.to - view.from));
}

function closer(by) {
	const middle = (view.from + view.to) / 2, half = (view.to - view.from) / 2 * by;
	zoom(middle - half, middle + half);
}

const keys = {
	"/": () => input.focus(),
	"Escape": () => zoom(0, span),
	"ArrowDown": () => step(1),
	"ArrowUp": () => step(-1),
	"ArrowRight": () => pan(0.25),
	"ArrowLeft": () => pan(-0.25),
	"+": () => closer(0.5),
	"-": () => closer(2),
	"Enter": () => chosen && act(chosen),
};

function type(event) {
	if (event.ctrlKey || event.altKey || event.metaKey)
		return;
	if (event.target === input) {
		if (event.key === "Enter")
			input.blur();
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

// The search is above the names that it leaves; the button is beside the overview.
const axisY = top - 10;
const searchRoom = element("foreignObject", {x: margin - 2, y: axisY - 22, width: settings.gutter[1] - margin, height: 28},
			   part("head"));
const searchTools = xhtml("div", {className: "tools"}, searchRoom);
const input = xhtml("input", {id: "search", type: "search", placeholder: "/ port, process, state, reason", size: 27,
			      ariaLabel: "search by port, process, address, state or reason"}, searchTools);
const count = xhtml("span", {id: "count", ariaLive: "polite"}, searchTools);
const resetRoom = element("foreignObject", {y: part("overview").getAttribute("y"), width: settings.side, height: 28},
			  part("head"));
const reset = xhtml("button", {id: "reset", textContent: "Reset zoom"}, xhtml("div", {className: "tools"}, resetRoom));

detailsWhat.textContent = HELP;
draw();
input.addEventListener("input", () => search(input.value));
reset.addEventListener("click", () => zoom(0, span));
document.addEventListener("keydown", type);
svg.addEventListener("pointerdown", press);
svg.addEventListener("pointermove", hover);
svg.addEventListener("pointerup", release);
window.addEventListener("scroll", paint);
window.addEventListener("resize", draw);
}
