// Queries the exports of the working folder, and r.sqlite, with DuckDB. Prints TAP.
'use strict';
const fs = require('node:fs');
const { DuckDBInstance } = require('@duckdb/node-api');

let count = 0;
const report = (ok, name, why) => {
	console.log(`${ok ? 'ok' : 'not ok'} ${++count} - ${name}`);
	if (!ok) {
		console.log(`${why}`.replace(/^/gm, '# '));
		process.exitCode = 1;
	}
};

async function main() {
	const connection = await (await DuckDBInstance.create(':memory:')).connect();
	const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
	// The experiment has four points and two functions.
	const points = JSON.parse(fs.readFileSync('points.json', 'utf8'));
	const cost = points.reduce((sum, point) => sum + point.cost_usd, 0);
	report(points.length === 4 && points[3]['back.memory_mb'] === 1536, 'points.json has the points', points.length);
	for (const source of ["read_csv('points.csv')", "read_json('points.jsonl')", "read_json('points.json')"]) {
		const [[n, sum, type]] = await rows(
			`SELECT count(*), sum(cost_usd), any_value(typeof(makespan_seconds)) FROM ${source}`);
		report(Number(n) === 4 && Math.abs(sum - cost) < 1e-12 * cost && type === 'DOUBLE', `DuckDB reads ${source}`,
		       `${n} rows, ${sum} of ${cost} USD, ${type}`);
	}
	await connection.run("COPY (SELECT * FROM read_csv('points.csv')) TO 'points.parquet'");
	const [[n, sum]] = await rows("SELECT count(*), sum(cost_usd) FROM 'points.parquet'");
	report(Number(n) === 4 && Math.abs(sum - cost) < 1e-12 * cost, 'and writes it as Parquet', `${n}, ${sum}`);
	const [[billed]] = await rows("SELECT sum(usd) FROM read_csv('bill.csv')");
	report(Math.abs(billed - cost) < 1e-9 * cost, 'the lines of the bills add up to the costs', `${billed}, ${cost}`);
	try {
		await connection.run('INSTALL sqlite');
		await connection.run('LOAD sqlite');
	} catch (error) {
		const why = `${error}`.split('\n')[0].replace(/https?:\S+/, 'its address');
		console.log(`ok ${++count} # SKIP DuckDB's extension sqlite cannot be fetched: ${why}`);
		console.log(`1..${count}`);
		return;
	}
	await connection.run("ATTACH 'r.sqlite' AS r (TYPE sqlite)");
	const [[inFile, inBill]] = await rows(
		'SELECT (SELECT sum(cost_usd) FROM r.point_summary), (SELECT sum(usd) FROM r.bill)');
	report(Math.abs(inFile - cost) < 1e-12 * cost && Math.abs(inBill - cost) < 1e-9 * cost,
	       'DuckDB reads the file of results', `${inFile}, ${inBill}, ${cost}`);
	console.log(`1..${count}`);
}

main();
