// Runs every network of networks.cjs by onnxruntime and by `lamina infer`, fused, as it stands and on kernels of its own,
// and compares. As TAP.
// usage: compare.cjs BUILD, in an empty folder
'use strict';
const fs = require('fs');
const path = require('path');
const {execFileSync} = require('child_process');
const ort = require('onnxruntime-node');
const networks = require('./networks.cjs');

const build = process.argv[2];
const TOLERANCE = 1e-4;
let count = 0;

function report(ok, name, ...reasons) {
	console.log(`${ok ? '' : 'not '}ok ${++count} - ${name}`);
	for (const reason of ok ? [] : reasons)
		console.log(String(reason).replace(/^/gm, '# '));
}

// Seeded numbers from -1 to 1; tokens; masks of which the last few are 0.
function makeInput(name, [type, dims]) {
	const elements = dims.reduce((a, b) => a * b, 1);
	let state = 12345;
	const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
	const data = type === 'int64' ? new BigInt64Array(elements) : new Float32Array(elements);
	for (let i = 0; i < elements; i++) {
		if (type === 'int64')
			data[i] = BigInt(Math.floor(200 * next()));
		else if (name === 'mask')
			data[i] = i % dims[1] < dims[1] - 5 ? 1 : 0;
		else
			data[i] = 2 * next() - 1;
	}
	fs.writeFileSync(`${name}.bin`, Buffer.from(data.buffer));
	return new ort.Tensor(type, data, dims);
}

// The elements stand at the end of the file.
function readOutput(file, elements) {
	const bytes = fs.readFileSync(file);
	return new Float32Array(bytes.buffer.slice(bytes.byteOffset + bytes.length - 4 * elements,
		bytes.byteOffset + bytes.length));
}

// The largest difference over the largest element.
function difference(got, want) {
	let worst = 0, largest = 0;
	for (let i = 0; i < want.length; i++) {
		worst = Math.max(worst, Number.isNaN(got[i]) ? Infinity : Math.abs(got[i] - want[i]));
		largest = Math.max(largest, Math.abs(want[i]));
	}
	return worst / largest;
}

async function compare(network, batch) {
	const feeds = {};
	const options = ['--images', batch, '--output', 'out'];
	for (const [name, input] of Object.entries(network.inputs(batch))) {
		feeds[name] = makeInput(name, input);
		options.push('--input', `${name}=${name}.bin`);
	}
	for (const dimension of network.dimensions || [])
		options.push('--dimension', dimension);
	const session = await ort.InferenceSession.create('m.onnx', {logSeverityLevel: 3});
	const answers = await session.run(feeds);
	for (const how of [[], ['--unfused'], ['--threads', '2'], ['--kernels', 'lamina']]) {
		execFileSync(path.join(build, 'lamina'), ['infer', ...options, ...how, 'm.onnx']);
		const worst = Math.max(...session.outputNames.map((name, i) =>
			difference(readOutput(`out/output_${i}.pb`, answers[name].size), answers[name].data)));
		report(worst <= TOLERANCE, `${network.name}, batch ${batch}${how.length ? ' ' : ''}${how.join(' ')}: as onnxruntime`,
			`differs by ${worst} of the largest`);
	}
}

async function main() {
	for (const network of networks) {
		fs.writeFileSync('m.onnx', execFileSync(path.join(build, 'tests/onnx/onnx_write'),
			{input: network.text, maxBuffer: 2 ** 30}));
		for (const batch of [1, 3])
			await compare(network, batch).catch((error) => report(false, `${network.name}, batch ${batch}`, error));
	}
	console.log(`1..${count}`);
}

main();
