// The checks of timeline.sh: node timeline.cjs CHROMIUM FOLDER-OF-TRACES [FOLDER-FOR-PICTURES]
//
// The reader is the engine of the Performance panel of Chromium's DevTools, which has taken over what chrome://tracing
// was; it is a module of the browser's own pages. What it made of a trace is compared with what is written in it.
"use strict";
const fs = require("fs");
const {Page} = require("./chromium.cjs");
const {ok, is, drive} = require("./tap.cjs");
const [program, folder, pictures] = process.argv.slice(2);

const ENGINE = "import('./models/trace/trace.js')";

// Tracks as the engine has them: names, and each slice with the one that it stands within.
const READ = (text) => `${ENGINE}.then(async (Trace) => {
	const model = Trace.TraceModel.Model.createWithAllHandlers();
	await model.parse(JSON.parse(${JSON.stringify(text)}).traceEvents, {isFreshRecording: false});
	const {data} = model.parsedTrace(0);
	const tracks = [];
	for (const [pid, process] of data.Renderer.processes) {
		for (const thread of process.threads.values()) {
			const slices = [];
			const walk = (node, within, depth) => {
				const {name, cat, ts, dur} = node.entry;
				slices.push({name, cat, ts, dur, depth, within});
				node.children.forEach((child) => walk(child, {name, cat}, depth + 1));
			};
			thread.tree.roots.forEach((root) => walk(root, null, 0));
			tracks.push({process: data.Meta.processNames.get(pid)?.args.name, name: thread.name, slices});
		}
	}
	return {tracks, processes: [...data.Meta.processNames.values()].map((event) => event.args.name), to: data.Meta.traceBounds.max};
})`;

const tracks_of = (events) => {
	const names = new Map(events.filter((e) => e.name === "process_name").map((e) => [e.pid, e.args.name]));
	return events.filter((e) => e.name === "thread_name").map((e) => `${names.get(e.pid)}: ${e.args.name}`);
};

const sum = (slices, cat) => slices.filter((s) => s.cat === cat).reduce((us, s) => us + s.dur, 0);

// What may stand within what: a start and a visit within nothing, a phase within its visit, a cause within its phase.
const WITHIN = {start: undefined, visit: undefined, phase: "visit", cause: "phase"};

function check(name, events, read, functions) {
	const written = events.filter((event) => event.ph === "X");
	const slices = read.tracks.flatMap((track) => track.slices);
	is(read.processes, ["run", ...functions], `${name}: the run and its functions are processes`);
	is(read.tracks.map((track) => `${track.process}: ${track.name}`).sort(), tracks_of(events).sort(),
		`${name}: a track for each sandbox`);
	ok(slices.length === written.length && slices.length > 100, `${name}: every slice is read`, slices.length);
	is(slices.filter((s) => s.within?.cat !== WITHIN[s.cat]), [], `${name}: each stands within what it is part of`);
	for (const cat of Object.keys(WITHIN))
		ok(sum(slices, cat) > 0 && Math.abs(sum(slices, cat) / sum(written, cat) - 1) < 1e-9, `${name}: ${cat}: its whole time`,
			[sum(slices, cat), sum(written, cat)]);
	ok(sum(slices, "phase") <= sum(slices, "visit") * (1 + 1e-9), `${name}: phases are within the time of visits`);
	const end = Math.max(...events.filter((event) => event.ph === "C").map((event) => event.ts));
	ok(Math.abs(read.to - end) < 1, `${name}: it ends with the last counter`, [read.to, end]);
}

const INPUT = `(() => {
	const search = (root) => {
		for (const element of root.querySelectorAll("*")) {
			const found = element.matches("input[type=file]") ? element : element.shadowRoot && search(element.shadowRoot);
			if (found)
				return found;
		}
		return null;
	};
	return search(document);
})()`;

const WORDS = `(() => {
	const text = (root) => [...root.querySelectorAll("*")].map((e) => e.shadowRoot ? text(e.shadowRoot) : "").join(" ") +
		" " + (root.textContent ?? "");
	return text(document.body);
})()`;

async function until(page, condition) {
	for (let i = 0; i < 200; i++) {
		if (await page.evaluate(condition))
			return true;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	return false;
}

// The panel itself takes the file, as it does from whoever presses its button.
async function panel(page, path) {
	ok(await until(page, `${INPUT} !== null`), "the panel asks for a file");
	const {result} = await page.send("Runtime.evaluate", {expression: INPUT});
	await page.send("DOM.enable");
	await page.send("DOM.setFileInputFiles", {files: [path], objectId: result.objectId});
	ok(await until(page, `/Bottom-up/.test(${WORDS})`), "and shows it");
	if (pictures) {
		await new Promise((resolve) => setTimeout(resolve, 1500));
		fs.writeFileSync(`${pictures}/timeline.png`, await page.screenshot());
	}
}

async function main(chromium) {
	const page = await Page.open(chromium);
	await page.size(1500, 900);
	await page.go("devtools://devtools/bundled/devtools_app.html?panel=timeline");
	const has = await page.evaluate(`${ENGINE}.then((m) => Boolean(m.TraceModel?.Model?.createWithAllHandlers), () => false)`);
	if (!has) {
		console.log("1..0 # SKIP the DevTools of this Chromium have no engine where it is known to be");
		return;
	}
	for (const [name, functions] of [["one", ["resize"]], ["two", ["resize", "store"]]]) {
		const text = fs.readFileSync(`${folder}/${name}.json`, "utf8");
		check(name, JSON.parse(text).traceEvents, await page.evaluate(READ(text)), functions);
	}
	await panel(page, `${folder}/two.json`);
}

drive(program, folder, main);
