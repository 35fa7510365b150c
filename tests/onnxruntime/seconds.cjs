// Runs a network by onnxruntime, once for every line of input, and prints the seconds that it took: of one thread the
// processor's, of more the clock's. A line "ready" goes first.
// usage: seconds.cjs FILE.onnx IMAGES THREADS
'use strict';
const path = require('path');
const readline = require('readline');
const ort = require(path.resolve('build/onnxruntime/node_modules/onnxruntime-node'));

async function main([file, images, threads]) {
	const session = await ort.InferenceSession.create(file,
		{logSeverityLevel: 3, intraOpNumThreads: Number(threads), interOpNumThreads: 1});
	const side = /alexnet/.test(file) ? 227 : 224;
	const dims = [Number(images), 3, side, side];
	const data = new Float32Array(dims.reduce((a, b) => a * b, 1)).map((_, i) => (i * 7919 % 1024) / 512 - 1);
	const feeds = {[session.inputNames[0]]: new ort.Tensor('float32', data, dims)};
	const seconds = () => {
		const used = process.cpuUsage();
		return threads === '1' ? (used.user + used.system) / 1e6 : Number(process.hrtime.bigint()) / 1e9;
	};
	console.log('ready');
	for await (const _ of readline.createInterface({input: process.stdin})) {
		const start = seconds();
		await session.run(feeds);
		console.log(seconds() - start);
	}
}

main(process.argv.slice(2)).catch((error) => {
	console.error(error.message);
	process.exit(1);
});
