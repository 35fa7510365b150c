"use strict";
// The script of `lamina report`: a pointer that shows a mark's setting, tables that sort, marks that the keyboard
// reaches. All that it shows stands in the page already; without it, the page is complete but still.
(function () {
	const pointer = document.getElementById("pointer");
	const table = document.getElementById("points");
	const rows = new Map();
	let marked = [];

	if (table)
		for (const row of table.tBodies[0].rows)
			rows.set(row.dataset.p, row);

	function add(parent, name, text) {
		const element = document.createElement(name);
		element.textContent = text;
		parent.appendChild(element);
		return element;
	}

	// A row of the table, told as names and values.
	function tell(row) {
		const list = document.createElement("dl");
		const headings = table.tHead.rows[0].cells;
		for (let i = 0; i < row.cells.length; i++) {
			if (row.cells[i].textContent === "")
				continue;
			add(list, "dt", headings[i].textContent);
			add(list, "dd", row.cells[i].textContent);
		}
		return list;
	}

	// Beside the mark, within the window.
	function show(mark) {
		pointer.textContent = "";
		if (mark.dataset.s)
			add(pointer, "b", mark.dataset.s);
		const row = rows.get(mark.dataset.p);
		if (row)
			pointer.appendChild(tell(row));
		pointer.hidden = false;
		const box = mark.getBoundingClientRect();
		const own = pointer.getBoundingClientRect();
		const width = document.documentElement.clientWidth;
		const height = window.innerHeight;
		let left = box.right + 10;
		if (left + own.width > width - 4)
			left = box.left - own.width - 10;
		if (left < 4)
			left = Math.max(4, (width - own.width) / 2);
		let top = box.bottom + 10;
		if (top + own.height > height - 4)
			top = Math.max(4, box.top - own.height - 10);
		pointer.style.left = left + window.scrollX + "px";
		pointer.style.top = top + window.scrollY + "px";
	}

	function mark(number) {
		for (const element of marked)
			element.classList.remove("at");
		marked = number === undefined ? [] : [...document.querySelectorAll('[data-p="' + Number(number) + '"]')];
		for (const element of marked)
			element.classList.add("at");
	}

	function leave() {
		pointer.hidden = true;
		mark();
	}

	function visit(target) {
		const at = target instanceof Element ? target.closest(".pt, [data-p]") : null;
		if (!at) {
			leave();
			return;
		}
		mark(at.dataset.p);
		if (at.classList.contains("pt")) {
			label(at);
			show(at);
		} else {
			pointer.hidden = true;
		}
	}

	// For who cannot see it, when it is reached: there may be thousands.
	function label(mark) {
		const row = rows.get(mark.dataset.p);
		const words = row ? [...row.cells].map((cell, i) =>
			table.tHead.rows[0].cells[i].textContent + " " + cell.textContent).join(", ") : "";
		mark.setAttribute("aria-label", [mark.dataset.s, words].filter(Boolean).join("; "));
	}

	document.addEventListener("pointerover", (event) => visit(event.target));
	document.addEventListener("focusin", (event) => visit(event.target));
	document.addEventListener("pointerleave", leave);
	document.addEventListener("keydown", (event) => {
		if (event.key === "Escape")
			leave();
	});

	// One mark of a figure is in the order of Tab; arrows go on from it.
	for (const figure of document.querySelectorAll(".chart > svg")) {
		const marks = [...figure.querySelectorAll(".pt")];
		marks.forEach((element, i) => {
			element.setAttribute("role", "img");
			element.setAttribute("tabindex", i === 0 ? "0" : "-1");
		});
		figure.addEventListener("keydown", (event) => {
			const steps = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
			const now = marks.indexOf(event.target);
			let next = now + (steps[event.key] || 0);
			if (event.key === "Home")
				next = 0;
			if (event.key === "End")
				next = marks.length - 1;
			if (now < 0 || next === now || !marks[next])
				return;
			event.preventDefault();
			marks[now].setAttribute("tabindex", "-1");
			marks[next].setAttribute("tabindex", "0");
			marks[next].focus();
		});
	}

	// A mark's click, or Enter on it, goes to its row.
	function go(event) {
		const at = event.target instanceof Element ? event.target.closest(".pt[data-p]") : null;
		const row = at && rows.get(at.dataset.p);
		if (!row || (event.type === "keydown" && event.key !== "Enter"))
			return;
		row.scrollIntoView({block: "center"});
	}
	document.addEventListener("click", go);
	document.addEventListener("keydown", go);

	function value(row, column) {
		const cell = row.cells[column];
		if (cell.dataset.v === undefined)
			return cell.textContent;
		return cell.dataset.v === "" ? NaN : Number(cell.dataset.v);
	}

	// Numbers by size, before names; what is missing comes last either way.
	function compare(a, b, sign) {
		const missing = (v) => v === "" || (typeof v === "number" && isNaN(v));
		if (missing(a) || missing(b))
			return missing(a) - missing(b);
		if (typeof a !== typeof b)
			return typeof a === "number" ? -1 : 1;
		if (typeof a === "string")
			return sign * a.localeCompare(b, "en", {numeric: true});
		return sign * (a - b);
	}

	function sort(heading) {
		const column = heading.cellIndex;
		const sign = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
		for (const other of heading.parentNode.cells)
			other.setAttribute("aria-sort", "none");
		heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
		const body = table.tBodies[0];
		const order = [...body.rows].map((row) => ({row: row, value: value(row, column)}));
		order.sort((a, b) => compare(a.value, b.value, sign));
		body.append(...order.map((item) => item.row));
	}
	if (table)
		table.tHead.addEventListener("click", (event) => {
			const button = event.target.closest("button");
			if (button)
				sort(button.parentNode);
		});

	// Paper has no summaries to open. The files behind the results are long: who wants them printed opens them.
	let closed = [];
	window.addEventListener("beforeprint", () => {
		closed = [...document.querySelectorAll("#origin details:not([open])")];
		for (const element of closed)
			element.open = true;
		leave();
	});
	window.addEventListener("afterprint", () => {
		for (const element of closed)
			element.open = false;
	});
})();
