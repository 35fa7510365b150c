// Networks as text (tests/onnx/onnx_text.h), built as their papers describe them, narrower where that only saves time.
// usage: node networks.cjs NAME [weights]: the text of a whole network, without its weights, on which times do not
// depend, or with them
'use strict';

let isWithoutWeights = false;

// Lines of a text, weights drawn so that values neither die out nor explode.
class Network {
	constructor(opset, ...inputs) {
		this.lines = [`opset ${opset}`, ...inputs.map((input) => `input ${input}`)];
		this.count = 0;
	}

	name(kind) {
		return `${kind}${++this.count}`;
	}

	// A constant: uniform around offset, scale wide.
	random(dims, scale, offset = 0) {
		const name = this.name('k');
		const values = isWithoutWeights ? 'absent' : `random ${this.count} ${scale} ${offset}`;
		this.lines.push(`const ${name} float ${dims} ${values}`);
		return name;
	}

	ints(...values) {
		const name = this.name('i');
		this.lines.push(`const ${name} int64 ${values.length} = ${values.join(',')}`);
		return name;
	}

	number(value) {
		const name = this.name('f');
		this.lines.push(`const ${name} float scalar = ${value}`);
		return name;
	}

	node(operator, inputs, attributes = '') {
		const name = this.name(operator.toLowerCase());
		this.lines.push(`${operator} ${inputs.join(',')} -> ${name} ${attributes}`);
		return name;
	}

	conv(x, from, to, kernel, {stride = 1, pad = Math.floor(kernel / 2), group = 1, bias = true, dilation = 1} = {}) {
		const fan = from / group * kernel * kernel;
		const weights = this.random(`${to}x${from / group}x${kernel}x${kernel}`, 2 * Math.sqrt(6 / fan));
		const inputs = bias ? [x, weights, this.random(to, 0.1)] : [x, weights];
		return this.node('Conv', inputs, `strides=[${stride},${stride}] pads=[${pad},${pad},${pad},${pad}] ` +
			`group=${group} dilations=[${dilation},${dilation}]`);
	}

	norm(x, channels) {
		return this.node('BatchNormalization', [x, this.random(channels, 0.5, 1), this.random(channels, 0.2),
			this.random(channels, 0.2), this.random(channels, 0.5, 1)]);
	}

	relu(x) {
		return this.node('Relu', [x]);
	}

	fc(x, from, to) {
		return this.node('Gemm', [x, this.random(`${to}x${from}`, 2 * Math.sqrt(3 / from)), this.random(to, 0.1)],
			'transB=1');
	}

	// x W + b over the last dimension.
	project(x, from, to) {
		const product = this.node('MatMul', [x, this.random(`${from}x${to}`, 2 * Math.sqrt(3 / from))]);
		return this.node('Add', [this.random(to, 0.1), product]);
	}

	text(...outputs) {
		return [...this.lines, ...outputs.map((output) => `output ${output}`)].join('\n');
	}
}

// Krizhevsky, Sutskever, Hinton, 2012.
function alexnet(width) {
	const n = new Network(12, 'x float Nx3x227x227');
	const pool = (x) => n.node('MaxPool', [x], 'kernel_shape=[3,3] strides=[2,2]');
	const normalise = (x) => n.node('LRN', [x], 'size=5 alpha=0.0001 beta=0.75 bias=1.0');
	let x = pool(normalise(n.relu(n.conv('x', 3, 96, 11, {stride: 4, pad: 0}))));
	x = pool(normalise(n.relu(n.conv(x, 96, 256, 5, {group: 2}))));
	x = n.relu(n.conv(x, 256, 384, 3));
	x = n.relu(n.conv(x, 384, 384, 3, {group: 2}));
	x = pool(n.relu(n.conv(x, 384, 256, 3, {group: 2})));
	x = n.node('Dropout', [n.relu(n.fc(n.node('Flatten', [x]), 9216, width))]);
	if (width === 4096)
		x = n.relu(n.fc(x, width, width));
	return n.text(n.node('Softmax', [n.fc(x, width, 1000)]));
}

// He, Zhang, Ren, Sun, 2015, table 1.
function resnet50() {
	const n = new Network(13, 'x float Nx3x224x224');
	const conv = (x, from, to, kernel, stride = 1) => n.norm(n.conv(x, from, to, kernel, {stride, bias: false}), to);
	let x = n.relu(conv('x', 3, 64, 7, 2));
	x = n.node('MaxPool', [x], 'kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1]');
	let from = 64;
	[[64, 3], [128, 4], [256, 6], [512, 3]].forEach(([width, blocks], stage) => {
		for (let block = 0; block < blocks; block++) {
			const stride = block === 0 && stage > 0 ? 2 : 1;
			let y = n.relu(conv(x, from, width, 1));
			y = n.relu(conv(y, width, width, 3, stride));
			y = conv(y, width, 4 * width, 1);
			const shortcut = block === 0 ? conv(x, from, 4 * width, 1, stride) : x;
			x = n.relu(n.node('Add', [y, shortcut]));
			from = 4 * width;
		}
	});
	x = n.node('Flatten', [n.node('GlobalAveragePool', [x])]);
	return n.text(n.fc(x, 2048, 1000));
}

// Sandler, Howard, Zhu, Zhmoginov, Chen, 2018, table 2, as PyTorch exports it: clips whose bounds are constants.
function mobilenet(side) {
	const n = new Network(11, `x float Nx3x${side}x${side}`);
	const bounds = [n.number(0), n.number(6)];
	const clip = (x) => n.node('Clip', [x, ...bounds]);
	const conv = (x, from, to, kernel, options) => n.norm(n.conv(x, from, to, kernel, {bias: false, ...options}), to);
	let x = clip(conv('x', 3, 32, 3, {stride: 2}));
	let from = 32;
	for (const [expand, to, repeats, first] of [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2],
		[6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1]]) {
		for (let i = 0; i < repeats; i++) {
			const stride = i === 0 ? first : 1;
			const wide = from * expand;
			let y = expand > 1 ? clip(conv(x, from, wide, 1)) : x;
			y = clip(conv(y, wide, wide, 3, {stride, group: wide}));
			y = conv(y, wide, to, 1);
			x = stride === 1 && from === to ? n.node('Add', [x, y]) : y;
			from = to;
		}
	}
	x = clip(conv(x, 320, 1280, 1));
	x = n.node('ReduceMean', [x], 'axes=[2,3] keepdims=0');
	return n.text(n.fc(x, 1280, 1000));
}

// Iandola et al., 2016, version 1.1.
function squeezenet(side) {
	const n = new Network(9, `x float Nx3x${side}x${side}`);
	const pool = (x) => n.node('MaxPool', [x], 'kernel_shape=[3,3] strides=[2,2]');
	const fire = (x, from, squeeze, expand) => {
		const s = n.relu(n.conv(x, from, squeeze, 1));
		return n.node('Concat', [n.relu(n.conv(s, squeeze, expand, 1)), n.relu(n.conv(s, squeeze, expand, 3))], 'axis=1');
	};
	let x = pool(n.relu(n.conv('x', 3, 64, 3, {stride: 2, pad: 0})));
	x = pool(fire(fire(x, 64, 16, 64), 128, 16, 64));
	x = pool(fire(fire(x, 128, 32, 128), 256, 32, 128));
	x = fire(fire(fire(fire(x, 256, 48, 192), 384, 48, 192), 384, 64, 256), 512, 64, 256);
	x = n.node('GlobalAveragePool', [n.relu(n.conv(x, 512, 1000, 1))]);
	return n.text(n.node('Softmax', [x], 'axis=1'));
}

// Simonyan, Zisserman, 2014, table 1, D.
function vgg16() {
	const n = new Network(13, 'x float Nx3x224x224');
	let x = 'x';
	let from = 3;
	for (const [width, layers] of [[64, 2], [128, 2], [256, 3], [512, 3], [512, 3]]) {
		for (let i = 0; i < layers; i++, from = width)
			x = n.relu(n.conv(x, from, width, 3));
		x = n.node('MaxPool', [x], 'kernel_shape=[2,2] strides=[2,2]');
	}
	x = n.relu(n.fc(n.node('Flatten', [x]), 25088, 4096));
	return n.text(n.node('Softmax', [n.fc(n.relu(n.fc(x, 4096, 4096)), 4096, 1000)]));
}

// Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, 2015, as frameworks have it, without its second classifier.
function inception() {
	const n = new Network(13, 'x float Nx3x299x299');
	const conv = (x, from, to, [high, wide], {stride = 1, pads = [Math.floor(high / 2), Math.floor(wide / 2)]} = {}) => {
		const weights = n.random(`${to}x${from}x${high}x${wide}`, 2 * Math.sqrt(6 / (from * high * wide)));
		const y = n.node('Conv', [x, weights],
			`strides=[${stride},${stride}] pads=[${pads[0]},${pads[1]},${pads[0]},${pads[1]}]`);
		return n.relu(n.norm(y, to));
	};
	const shrink = {stride: 2, pads: [0, 0]};
	const mean = (x) => n.node('AveragePool', [x], 'kernel_shape=[3,3] pads=[1,1,1,1]');
	const most = (x) => n.node('MaxPool', [x], 'kernel_shape=[3,3] strides=[2,2]');
	const join = (...parts) => n.node('Concat', parts, 'axis=1');
	// One convolution after the other: [channels, kernel, options].
	const chain = (x, from, ...steps) => {
		for (const [to, kernel, options] of steps) {
			x = conv(x, from, to, kernel, options);
			from = to;
		}
		return x;
	};
	const one = [1, 1], three = [3, 3], five = [5, 5], row = [1, 7], column = [7, 1];
	let x = most(chain('x', 3, [32, three, shrink], [32, three, {pads: [0, 0]}], [64, three]));
	x = most(chain(x, 64, [80, one], [192, three, {pads: [0, 0]}]));
	for (const [from, pooled] of [[192, 32], [256, 64], [288, 64]])
		x = join(chain(x, from, [64, one]), chain(x, from, [48, one], [64, five]),
			chain(x, from, [64, one], [96, three], [96, three]), chain(mean(x), from, [pooled, one]));
	x = join(chain(x, 288, [384, three, shrink]), chain(x, 288, [64, one], [96, three], [96, three, shrink]), most(x));
	for (const width of [128, 160, 160, 192])
		x = join(chain(x, 768, [192, one]), chain(x, 768, [width, one], [width, row], [192, column]),
			chain(x, 768, [width, one], [width, column], [width, row], [width, column], [192, row]),
			chain(mean(x), 768, [192, one]));
	x = join(chain(x, 768, [192, one], [320, three, shrink]),
		chain(x, 768, [192, one], [192, row], [192, column], [192, three, shrink]), most(x));
	for (const from of [1280, 2048]) {
		const two = (y, width) => join(chain(y, width, [384, [1, 3]]), chain(y, width, [384, [3, 1]]));
		x = join(chain(x, from, [320, one]), two(chain(x, from, [384, one]), 384),
			two(chain(x, from, [448, one], [384, three]), 384), chain(mean(x), from, [192, one]));
	}
	return n.text(n.fc(n.node('Flatten', [n.node('GlobalAveragePool', [x])]), 2048, 1000));
}

// Huang, Liu, van der Maaten, Weinberger, 2016: normalisations before convolutions, which cannot be folded into them.
function densenet() {
	const n = new Network(14, 'x float Nx3x64x64');
	let x = n.conv('x', 3, 24, 3);
	let channels = 24;
	for (let block = 0; block < 3; block++) {
		for (let layer = 0; layer < 4; layer++) {
			const y = n.conv(n.relu(n.norm(x, channels)), channels, 12, 3, {bias: false});
			x = n.node('Concat', [x, y], 'axis=1');
			channels += 12;
		}
		x = n.conv(n.node('HardSwish', [n.norm(x, channels)]), channels, channels / 2, 1, {bias: false});
		channels /= 2;
		x = n.node('AveragePool', [x], 'kernel_shape=[3,3] strides=[2,2] ceil_mode=1 pads=[1,1,1,1]');
	}
	return n.text(n.node('Tanh', [n.node('GlobalMaxPool', [x])]));
}

// Ronneberger, Fischer, Brox, 2015, small; up by transposed convolutions and by interpolation.
function unet() {
	const n = new Network(13, 'x float Nx3x64x64');
	const twice = (x, from, to) => {
		const y = n.node('LeakyRelu', [n.conv(x, from, to, 3)], 'alpha=0.1');
		return n.node('PRelu', [n.conv(y, to, to, 3, {dilation: 2, pad: 2}), n.random(`${to}x1x1`, 0.5)]);
	};
	const pool = (x) => n.node('MaxPool', [x], 'kernel_shape=[2,2] strides=[2,2]');
	const a = twice('x', 3, 16);
	const b = twice(pool(a), 16, 32);
	const c = twice(pool(b), 32, 64);
	let up = n.node('ConvTranspose', [c, n.random('64x32x2x2', 0.3), n.random(32, 0.1)], 'strides=[2,2]');
	const d = twice(n.node('Concat', [up, b], 'axis=1'), 64, 32);
	n.lines.push('const scales float 4 = 1,1,2,2');
	up = n.node('Resize', [d, '_', 'scales'], 'mode="linear" coordinate_transformation_mode="half_pixel"');
	const e = twice(n.node('Concat', [up, a], 'axis=1'), 48, 16);
	return n.text(n.node('Sigmoid', [n.conv(e, 16, 1, 1)]));
}

// Devlin, Chang, Lee, Toutanova, 2018: an encoder with a mask, as PyTorch exports it, with shapes computed of shapes.
function bert() {
	const width = 96, heads = 4, size = width / heads;
	const n = new Network(17, 'tokens int64 NxS', 'mask float NxS');
	const norm = (x) => n.node('LayerNormalization', [x, n.random(width, 0.5, 1), n.random(width, 0.1)],
		'axis=-1 epsilon=0.00001');
	let x = n.node('Gather', [n.random(`200x${width}`, 1), 'tokens']);
	const shape = n.node('Shape', [x]);
	const zero = n.name('z'), one = n.name('z');
	n.lines.push(`const ${zero} int64 scalar = 0`, `const ${one} int64 scalar = 1`);
	const side = (index) => n.node('Unsqueeze', [n.node('Gather', [shape, index]), n.ints(0)]);
	const split = n.node('Concat', [side(zero), side(one), n.ints(heads), n.ints(size)], 'axis=0');
	const whole = n.node('Concat', [side(zero), side(one), n.ints(width)], 'axis=0');
	const positions = n.node('Slice', [n.random(`64x${width}`, 0.2), n.ints(0), side(one), n.ints(0)]);
	x = norm(n.node('Add', [x, positions]));
	const bias = n.node('Mul', [n.node('Sub', [n.number(1), n.node('Unsqueeze', ['mask', n.ints(1, 2)])]),
		n.number(-10000)]);
	for (let layer = 0; layer < 3; layer++) {
		const [q, k, v] = [0, 1, 2].map(() => n.node('Transpose', [n.node('Reshape', [n.project(x, width, width), split])],
			'perm=[0,2,1,3]'));
		let scores = n.node('MatMul', [q, n.node('Transpose', [k], 'perm=[0,1,3,2]')]);
		scores = n.node('Add', [n.node('Div', [scores, n.number(Math.sqrt(size))]), bias]);
		let y = n.node('MatMul', [n.node('Softmax', [scores], 'axis=-1'), v]);
		y = n.node('Reshape', [n.node('Transpose', [y], 'perm=[0,2,1,3]'), whole]);
		x = norm(n.node('Add', [n.project(y, width, width), x]));
		const wide = n.project(x, width, 4 * width);
		const erf = n.node('Add', [n.node('Erf', [n.node('Div', [wide, n.number(Math.SQRT2)])]), n.number(1)]);
		const gelu = n.node('Mul', [n.node('Mul', [wide, erf]), n.number(0.5)]);
		x = norm(n.node('Add', [n.project(gelu, 4 * width, width), x]));
	}
	const first = n.node('Gather', [x, zero], 'axis=1');
	return n.text(n.node('Tanh', [n.project(first, width, width)]), x);
}

// One dimension: dilated convolutions over a signal, padded by reflection.
function wavenet() {
	const n = new Network(18, 'x float Nx4x200');
	let x = n.node('Pad', ['x', n.ints(0, 0, 3, 0, 0, 3)], 'mode="reflect"');
	for (const dilation of [1, 2, 4]) {
		const y = n.node('Conv', [x, n.random(`4x4x3`, 1), n.random(4, 0.1)],
			dilation > 1 ? `dilations=[${dilation}] pads=[${dilation},${dilation}]` : 'auto_pad="SAME_UPPER"');
		const [gate, filter] = [n.node('Sigmoid', [y]), n.node('Elu', [y], 'alpha=0.7')];
		x = n.node('Add', [x, n.node('Mul', [gate, filter])]);
	}
	const parts = [n.name('part'), n.name('part')];
	n.lines.push(`Split ${x},${n.ints(1, 3)} -> ${parts.join(',')} axis=1`);
	const mean = n.node('ReduceMean', [parts[1], n.ints(2)], 'keepdims=0');
	return n.text(mean, n.node('Squeeze', [parts[0], n.ints(1)]));
}

const picture = (side) => (batch) => ({x: ['float32', [batch, 3, side, side]]});

const whole = {
	alexnet: () => alexnet(4096),
	vgg16,
	resnet50,
	squeezenet: () => squeezenet(224),
	mobilenetv2: () => mobilenet(224),
	inceptionv3: inception,
};

if (require.main === module) {
	const name = process.argv[2];
	if (!Object.hasOwn(whole, name)) {
		console.error(`usage: node networks.cjs ${Object.keys(whole).join('|')} [weights]`);
		process.exit(2);
	}
	isWithoutWeights = process.argv[3] !== 'weights';
	console.log(`name ${name}\n${whole[name]()}`);
	return;
}

module.exports = [
	{name: 'AlexNet', text: alexnet(512), inputs: picture(227)},
	{name: 'ResNet-50', text: resnet50(), inputs: picture(224)},
	{name: 'MobileNetV2', text: mobilenet(160), inputs: picture(160)},
	{name: 'SqueezeNet', text: squeezenet(128), inputs: picture(128)},
	{name: 'DenseNet', text: densenet(), inputs: picture(64)},
	{name: 'U-Net', text: unet(), inputs: picture(64)},
	{name: 'BERT', text: bert(), dimensions: ['S=24'],
	 inputs: (batch) => ({tokens: ['int64', [batch, 24]], mask: ['float32', [batch, 24]]})},
	{name: 'WaveNet', text: wavenet(), inputs: (batch) => ({x: ['float32', [batch, 4, 200]]})},
];
