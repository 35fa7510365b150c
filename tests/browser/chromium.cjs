// A headless Chromium, spoken to by the DevTools protocol over a pipe: messages end in NUL, commands on descriptor 3,
// answers and events on 4. No package is needed.
"use strict";
const {spawn} = require("child_process");

class Chromium {
	constructor(program, folder) {
		const flags = ["--headless", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars",
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-default-browser-check",
			"--remote-debugging-pipe", `--user-data-dir=${folder}`];
		// Root has no sandbox of its own; the pages are this test's.
		if (process.getuid() === 0)
			flags.push("--no-sandbox");
		this.process = spawn(program, [...flags, "about:blank"], {stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]});
		this.number = 0;
		this.waiting = new Map();
		this.listeners = [];
		this.rest = "";
		this.process.stdio[4].setEncoding("utf8");
		this.process.stdio[4].on("data", (text) => this.receive(text));
		this.process.stdio[3].on("error", () => {});
		this.ended = new Promise((resolve) => this.process.on("exit", resolve));
		this.process.on("exit", () => this.fail("Chromium has ended"));
		this.process.on("error", (error) => this.fail(error.message));
	}

	fail(why) {
		for (const {reject} of this.waiting.values())
			reject(new Error(why));
		this.waiting.clear();
	}

	receive(text) {
		const messages = (this.rest + text).split("\0");
		this.rest = messages.pop();
		for (const message of messages.map((m) => JSON.parse(m))) {
			const waiting = this.waiting.get(message.id);
			if (!waiting) {
				for (const listener of this.listeners)
					listener(message);
				continue;
			}
			this.waiting.delete(message.id);
			if (message.error)
				waiting.reject(new Error(message.error.message));
			else
				waiting.resolve(message.result);
		}
	}

	send(method, params = {}, sessionId = undefined) {
		const id = ++this.number;
		return new Promise((resolve, reject) => {
			this.waiting.set(id, {resolve, reject});
			this.process.stdio[3].write(JSON.stringify({id, method, params, sessionId}) + "\0");
		});
	}

	async close() {
		this.send("Browser.close").catch(() => {});
		await this.ended;
		// Its other processes may still write their last.
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
}

// One page: what it asks the network for and what it complains of is kept.
class Page {
	static async open(chromium) {
		const page = new Page();
		page.chromium = chromium;
		const {targetId} = await chromium.send("Target.createTarget", {url: "about:blank"});
		page.session = (await chromium.send("Target.attachToTarget", {targetId, flatten: true})).sessionId;
		page.requests = [];
		page.complaints = [];
		page.events = [];
		chromium.listeners.push((message) => page.hear(message));
		for (const domain of ["Page", "Runtime", "Network", "Log"])
			await page.send(`${domain}.enable`);
		return page;
	}

	hear({method, params, sessionId}) {
		if (sessionId !== this.session)
			return;
		if (method === "Network.requestWillBeSent")
			this.requests.push(params.request.url);
		if (method === "Runtime.exceptionThrown")
			this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
		if (method === "Log.entryAdded")
			this.complaints.push(params.entry.text);
		this.events = this.events.filter(({name, resolve}) => name !== method || resolve());
	}

	send(method, params) {
		return this.chromium.send(method, params, this.session);
	}

	event(name) {
		return new Promise((resolve) => this.events.push({name, resolve: () => void resolve()}));
	}

	async go(url) {
		const loaded = this.event("Page.loadEventFired");
		await this.send("Page.navigate", {url});
		await loaded;
	}

	// The value of an expression in the page.
	async evaluate(expression) {
		const {result, exceptionDetails} = await this.send("Runtime.evaluate",
			{expression, returnByValue: true, awaitPromise: true});
		if (exceptionDetails)
			throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value;
	}

	size(width, height, mobile = false) {
		return this.send("Emulation.setDeviceMetricsOverride", {width, height, deviceScaleFactor: mobile ? 2 : 1, mobile});
	}

	media(media, scheme = "light") {
		return this.send("Emulation.setEmulatedMedia", {media, features: [{name: "prefers-color-scheme", value: scheme}]});
	}

	async press(key, code = key) {
		const keys = {Tab: 9, Enter: 13, Escape: 27, ArrowRight: 39, ArrowLeft: 37, End: 35, " ": 32};
		const text = key === "Enter" ? "\r" : undefined;
		const event = {key, code, text, windowsVirtualKeyCode: keys[key]};
		await this.send("Input.dispatchKeyEvent", {type: "keyDown", ...event});
		await this.send("Input.dispatchKeyEvent", {type: "keyUp", ...event});
	}

	// The pointer to the middle of an element, and there a click if wanted.
	async point(selector, click = false) {
		const at = await this.evaluate(`(() => {
			const element = document.querySelector(${JSON.stringify(selector)});
			element.scrollIntoView({block: "center"});
			const box = element.getBoundingClientRect();
			return {x: box.x + box.width / 2, y: box.y + box.height / 2};
		})()`);
		await this.send("Input.dispatchMouseEvent", {type: "mouseMoved", ...at});
		for (const type of click ? ["mousePressed", "mouseReleased"] : [])
			await this.send("Input.dispatchMouseEvent", {type, ...at, button: "left", clickCount: 1});
	}

	async screenshot(clip) {
		const {data} = await this.send("Page.captureScreenshot",
			{format: "png", captureBeyondViewport: Boolean(clip), clip: clip && {...clip, scale: 1}});
		return Buffer.from(data, "base64");
	}

	async pdf() {
		const {data} = await this.send("Page.printToPDF", {printBackground: true, preferCSSPageSize: false});
		return Buffer.from(data, "base64");
	}
}

module.exports = {Chromium, Page};
