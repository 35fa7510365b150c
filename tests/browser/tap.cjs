// What tests in Chromium say, as TAP: ok and is count what they are asked.
"use strict";
const {Chromium} = require("./chromium.cjs");

let count = 0;
let failed = 0;
function ok(condition, what, detail = "") {
	count++;
	failed += !condition;
	console.log(`${condition ? "" : "not "}ok ${count} - ${what}`);
	if (!condition && detail !== "")
		console.log(`# ${JSON.stringify(detail).slice(0, 2000)}`);
}

const is = (got, want, what) => ok(JSON.stringify(got) === JSON.stringify(want), what, got);

/* Runs main(chromium) in a browser of its own, and ends with the status of all checks. */
function drive(program, folder, main) {
	const chromium = new Chromium(program, `${folder}/profile`);
	const late = setTimeout(() => {
		ok(false, "the browser answers within two minutes");
		chromium.process.kill("SIGKILL");
	}, 120000);
	main(chromium).catch((error) => ok(false, error.stack)).finally(async () => {
		clearTimeout(late);
		await chromium.close();
		console.log(`1..${count}`);
		process.exit(failed > 0 ? 1 : 0);
	});
}

module.exports = {ok, is, drive};
