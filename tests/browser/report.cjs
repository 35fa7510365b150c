// The checks of report.sh: node report.cjs CHROMIUM FOLDER-OF-PAGES [FOLDER-FOR-PICTURES]
"use strict";
const fs = require("fs");
const {Page} = require("./chromium.cjs");
const {ok, is, drive} = require("./tap.cjs");
const [program, folder, pictures] = process.argv.slice(2);

async function picture(page, name, whole = true) {
	if (!pictures)
		return;
	const height = await page.evaluate("document.documentElement.scrollHeight");
	const width = await page.evaluate("window.innerWidth");
	fs.writeFileSync(`${pictures}/${name}.png`,
		await page.screenshot(whole ? {x: 0, y: 0, width, height: Math.min(height, 6000)} : undefined));
}

// Of every figure, and of every mark in it, that it takes room within its figure and the page.
const FIGURES = `[...document.querySelectorAll(".chart")].map((figure) => {
	const box = figure.querySelector("svg").getBoundingClientRect();
	const marks = [...figure.querySelectorAll("svg[role] .pt")];
	const texts = [...figure.querySelectorAll("svg[role] text")];
	const inside = (element) => {
		const own = element.getBoundingClientRect();
		return own.width > 0 && own.left >= box.left - 1 && own.right <= box.right + 1 && own.top >= box.top - 1 &&
			own.bottom <= box.bottom + 1;
	};
	return {
		id: figure.id, wide: box.width > 250 && box.height > 40, marks: marks.length,
		lost: marks.filter((mark) => !inside(mark)).length,
		clipped: texts.filter((text) => !inside(text)).map((text) => text.textContent),
	};
})`;

async function opens(page, name, ids) {
	await page.go(`file://${folder}/${name}.html`);
	is(page.requests.filter((url) => url !== `file://${folder}/${name}.html` && !url.startsWith("data:")), [],
		`${name}: nothing is asked for but the page`);
	is(page.complaints, [], `${name}: the browser has nothing to say`);
	const figures = await page.evaluate(FIGURES);
	is(figures.map((f) => f.id), ids, `${name}: its figures`);
	ok(figures.every((f) => f.wide && f.marks > 0 && f.lost === 0), `${name}: every figure and mark is seen`, figures);
	is(figures.flatMap((f) => f.clipped), [], `${name}: no word of a figure is cut off`);
}

const column = (n) => `[...document.querySelector("#points").tBodies[0].rows].map((row) => Number(row.cells[${n}].dataset.v))`;
const ascending = (values) => values.every((v, i) => i === 0 || values[i - 1] <= v);
const tip = `(() => {
	const pointer = document.getElementById("pointer");
	const box = pointer.getBoundingClientRect();
	return {shown: !pointer.hidden && box.width > 0, text: pointer.textContent,
		inside: box.left >= 0 && box.right <= document.documentElement.clientWidth && box.top >= 0 && box.bottom <= innerHeight};
})()`;

async function sorts(page) {
	const heading = "#points th:nth-child(4)";
	await page.point(`${heading} button`, true);
	ok(ascending(await page.evaluate(column(3))), "a click on a heading sorts");
	is(await page.evaluate(`document.querySelector("${heading}").getAttribute("aria-sort")`), "ascending", "and says so");
	await page.evaluate(`document.querySelector("${heading} button").focus()`);
	await page.press("Enter");
	const values = await page.evaluate(column(3));
	ok(ascending(values.slice().reverse()) && !ascending(values), "Enter sorts the other way");
	await page.point("#points th:first-child button", true);
	ok(ascending(await page.evaluate(column(0))), "and the first heading as it was");
}

async function points(page) {
	await page.point('#front .pt[data-p="7"]');
	const shown = await page.evaluate(tip);
	ok(shown.shown && shown.inside, "the pointer shows a mark's setting, within the window", shown);
	const cells = await page.evaluate(`[...document.querySelector('#points tr[data-p="7"]').cells].map((c) => c.textContent)`);
	ok(cells.every((cell) => shown.text.includes(cell)), "all of its row", shown);
	is(await page.evaluate(`document.querySelectorAll('#points tr.at, #points tr.at').length`), 1, "its row is marked");
	ok(await page.evaluate(`document.querySelectorAll('.chart .at').length`) >= 4, "and its marks in all figures");
	await page.press("Escape");
	is((await page.evaluate(tip)).shown, false, "Escape takes it away");
	await page.point('#bill-parts rect[data-p="4"]');
	ok(/^compute: [\d.]+ USD, [\d.]+ %/.test((await page.evaluate(tip)).text), "a part of a bar has its name and share",
		await page.evaluate(tip));
	await page.evaluate("scrollTo(0, 0)");
	await page.send("Input.dispatchMouseEvent", {type: "mouseMoved", x: 2, y: 2});
	is((await page.evaluate(tip)).shown, false, "off a mark, it goes");
}

// As far as Tab has to go from the page's beginning until a figure has the focus.
async function keys(page) {
	await page.evaluate("(() => { const h = document.querySelector('h1'); h.tabIndex = -1; h.focus(); })()");
	const at = "(() => { const a = document.activeElement; return {mark: a.classList.contains('pt'), p: a.dataset.p}; })()";
	let now = {mark: false};
	for (let i = 0; i < 40 && !now.mark; i++) {
		await page.press("Tab");
		now = await page.evaluate(at);
	}
	ok(now.mark, "Tab comes to a figure's first mark");
	ok((await page.evaluate(tip)).shown, "which shows its setting");
	await page.press("ArrowRight");
	const next = await page.evaluate(at);
	ok(next.mark && next.p !== now.p, "an arrow goes to the next", [now, next]);
	await page.press("Tab");
	ok(await page.evaluate(`document.activeElement.closest("figure").id`) === "cost-along", "Tab to the next figure");
	await page.press("ArrowLeft");
	await page.press("End");
	is(await page.evaluate(`(() => { const all = document.activeElement.closest("svg").querySelectorAll(".pt");
		return document.activeElement === all[all.length - 1]; })()`), true, "End goes to the last mark");
	const label = await page.evaluate("document.activeElement.getAttribute('aria-label')");
	ok(label.includes("memory of resize") && label.includes("cost of a run"), "marks have words for who cannot see", label);
	let reached = false;
	for (let i = 0; i < 40 && !reached; i++) {
		await page.press("Tab");
		reached = await page.evaluate("document.activeElement.matches('#points th button')");
	}
	ok(reached, "Tab comes to the headings");
}

const sum = (colour) => colour.match(/[\d.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0);
const COLOURS = `(() => {
	const style = (selector, what) => getComputedStyle(document.querySelector(selector))[what];
	return {page: style("body", "backgroundColor"), ink: style("body", "color"), word: style(".chart text", "fill"),
		mark: style("#front .pt", "fill"), weak: style("#front .tick", "fill")};
})()`;

async function schemes(page) {
	await page.media("screen", "light");
	const light = await page.evaluate(COLOURS);
	ok(sum(light.page) > 700 && sum(light.ink) < 150 && sum(light.word) < 150, "dark on light", light);
	await page.media("screen", "dark");
	const dark = await page.evaluate(COLOURS);
	ok(sum(dark.page) < 120 && sum(dark.ink) > 600 && sum(dark.word) > 600 && sum(dark.weak) > 400, "light on dark", dark);
	await picture(page, "dark");
	await page.media("print", "dark");
	const print = await page.evaluate(COLOURS);
	ok(sum(print.page) > 700 && sum(print.word) < 150, "paper is light, whatever the screen", print);
	await page.media("screen", "light");
}

async function prints(page) {
	const open = "document.querySelectorAll('details[open]').length";
	await page.evaluate(`addEventListener("afterprint", () => { window.printed = true; }, {once: true});
		addEventListener("beforeprint", () => { window.opened = ${open}; })`);
	await page.media("");
	const pdf = await page.pdf();
	await page.media("screen");
	ok(pdf.subarray(0, 5).toString() === "%PDF-" && pdf.length > 30000, "it prints");
	is(await page.evaluate("window.opened"), 1, "with the experiment unfolded");
	is(await page.evaluate(open), 0, "and folds it up again");
	if (pictures)
		fs.writeFileSync(`${pictures}/print.pdf`, pdf);
}

async function telephone(page) {
	await page.size(375, 740, true);
	for (const name of ["sweep", "one", "plan", "workflow", "hostile"]) {
		await page.go(`file://${folder}/${name}.html`);
		await page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
		is(await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]"), [375, 375],
			`${name}: 375 points are wide enough`);
		const figures = await page.evaluate(FIGURES);
		ok(figures.every((f) => f.wide && f.lost === 0), `${name}: figures fit a telephone`, figures);
		await picture(page, `telephone-${name}`);
	}
	await page.go(`file://${folder}/sweep.html`);
	await page.point('#time-along .pt[data-p="16"]');
	const shown = await page.evaluate(tip);
	ok(shown.shown && shown.inside, "the pointer's words fit a telephone", shown);
	await picture(page, "telephone-pointer", false);
	await page.size(1280, 900);
}

async function hostile(page) {
	await opens(page, "hostile", ["time-along", "cost-along", "front", "bill-parts", "time-parts"]);
	for (const mark of [0, 1, 2]) {
		await page.point(`#front .pt[data-p="${mark}"]`);
		await page.evaluate("document.activeElement.blur()");
	}
	await page.point("#points th button", true);
	const title = await page.evaluate("document.title");
	ok(title.startsWith("</title></style><script>") && title.includes("onerror"), "a name is words, whatever it holds", title);
	is(await page.evaluate("document.querySelectorAll('img, svg[onload], [onfocus], [autofocus], iframe, object').length"), 0,
		"no name became an element or an attribute");
	is(await page.evaluate("document.scripts.length"), 1, "the only script is the page's own");
	ok(await page.evaluate("!document.body.textContent.includes('\\u202e')"), "none turns the direction of writing");
	is(page.complaints, [], "and nothing was refused, since nothing was tried");
}

async function main(chromium) {
	const page = await Page.open(chromium);
	await page.size(1280, 900);
	await page.media("screen", "light");
	await opens(page, "sweep", ["time-along", "cost-along", "front", "bill-parts", "time-parts"]);
	await picture(page, "light");
	ok(await page.evaluate("document.querySelectorAll('.card').length") === 3, "cheapest, fastest and balanced have cards");
	is(await page.evaluate("[...document.querySelectorAll('#points tr.failing')].map((row) => row.dataset.p)"), ["0", "1", "2"],
		"points that fail are marked");
	is(await page.evaluate("document.querySelectorAll('.chart [data-p=\"1\"]').length"), 0, "and have no marks");
	ok(await page.evaluate("/A toss-up/.test(document.querySelector('#answer').textContent)"), "toss-ups are named");
	ok(await page.evaluate("document.querySelectorAll('#sources tbody tr').length") > 80, "every value has a row");
	await sorts(page);
	await points(page);
	await keys(page);
	await schemes(page);
	await prints(page);
	page.requests = [];
	await opens(page, "one", ["bill-parts", "time-parts"]);
	await picture(page, "one");
	page.requests = [];
	await opens(page, "plan", ["front", "bill-parts", "time-parts"]);
	ok(await page.evaluate("document.querySelector('.card h3').textContent.startsWith('recommended')"), "plan: the recommended is first");
	const barred = await page.evaluate(`[...document.querySelectorAll("#points tr.barred")].map((row) =>
		[row.dataset.p, row.querySelector(".allowed").textContent, document.querySelectorAll(\`.card[data-p="\${row.dataset.p}"]\`).length])`);
	ok(barred.length > 0 && barred.every(([, allowed, cards]) => allowed === "no" && cards === 0),
		"plans that are not allowed are marked, and no answer", barred);
	await picture(page, "plan");
	page.requests = [];
	await opens(page, "workflow", ["bill-parts", "time-parts"]);
	is(await page.evaluate("document.querySelectorAll('#steps tbody tr').length"), 10, "workflow: every step has a row");
	await picture(page, "workflow");
	page.requests = [];
	await hostile(page);
	await telephone(page);
}

drive(program, folder, main);
