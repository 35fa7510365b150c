// Reads the fragments of the working folder with other people's readers, whole and then with a mistake. Prints TAP.
// usage: node formats.cjs FOLDER_OF_READERS
'use strict';
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { promisify } = require('node:util');
const yaml = require('js-yaml');

const readers = process.argv[2];
const run = promisify(execFile);
const read = (file) => fs.readFileSync(file, 'utf8');
const must = (condition, message) => {
	if (!condition)
		throw new Error(message);
};

// --- SAM: types of the CloudFormation specification; what SAM does not name it passes through to the Lambda function
const isOfPrimitive = {
	Integer: Number.isInteger,
	String: (value) => typeof value === 'string',
	Boolean: (value) => typeof value === 'boolean',
	Double: (value) => typeof value === 'number',
	Json: (value) => typeof value === 'object',
};

function checkProperties(specification, owner, properties, allowed) {
	for (const [name, value] of Object.entries(properties)) {
		const property = allowed[name];
		must(property, `${owner} has no property ${name}`);
		const items = property.Type === 'List' ? value : [value];
		must(Array.isArray(items), `${owner} ${name} is a list`);
		const primitive = property.PrimitiveType ?? property.PrimitiveItemType ?? property.PrimitiveTypes?.[0];
		const nested = specification.PropertyTypes[`AWS::Lambda::Function.${property.Type}`] ??
			       specification.PropertyTypes[`AWS::Serverless::Function.${property.Type}`];
		for (const item of items) {
			if (primitive)
				must(isOfPrimitive[primitive](item), `${owner} ${name} is not of type ${primitive}`);
			else if (nested)
				checkProperties(specification, name, item, nested.Properties);
		}
	}
}

async function sam(text) {
	const specification = require('@aws-cdk/cfnspec').specification();
	const types = specification.ResourceTypes;
	const resources = Object.entries(yaml.load(text).Resources);
	must(resources.length === 2, 'two functions');
	for (const [id, resource] of resources) {
		must(/^[A-Za-z0-9]+$/.test(id), `${id} is no logical id`);
		must(resource.Type === 'AWS::Serverless::Function', `${id} is a function`);
		checkProperties(specification, id, resource.Properties,
				{ ...types['AWS::Lambda::Function'].Properties, ...types[resource.Type].Properties });
	}
}

// --- Serverless: its own reading of a service that has the fragment in it
async function serverless(text) {
	const service = {
		service: 'lamina-formats',
		frameworkVersion: '3',
		configValidationMode: 'error',
		provider: { name: 'aws', runtime: 'python3.11' },
		...yaml.load(text),
	};
	for (const name of Object.keys(service.functions))
		service.functions[name].handler = 'handler.main';
	fs.mkdirSync('service', { recursive: true });
	fs.writeFileSync('service/serverless.yml', yaml.dump(service));
	const environment = { ...process.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', CI: '1' };
	const program = path.join(readers, 'node_modules/serverless/bin/serverless.js');
	const options = { cwd: 'service', env: environment };
	const { stdout } = await run('node', [program, 'print', '--format', 'json'], options)
		.catch((error) => { throw new Error(error.stdout + error.stderr); });
	const printed = JSON.parse(stdout);
	for (const [name, wanted] of Object.entries(service.functions))
		must(printed.functions[name].memorySize === wanted.memorySize, `${name} keeps its memory`);
}

// --- Terraform: HCL's parser reads the resources of the manual page, whose every value the variables give
async function terraform(text) {
	const { parse } = require('@cdktf/hcl2json');
	const hcl = await parse('main.tf', read('main.tf'));
	const declared = hcl.variable.lamina_functions[0].type;
	const members = new Map([...declared.matchAll(/"?(\w+)"?\s*[=:]\s*"?\$?\{?(number|list\(string\)|optional)/g)]
		.map((match) => [match[1], match[2]]));
	const used = JSON.stringify(hcl.resource).match(/each\.value\.\w+/g).map((name) => name.slice(11));
	must(members.size >= 6 && used.length >= 6, 'the manual page declares and uses the members');
	must(used.every((name) => members.has(name)), 'what is used is declared');
	for (const [name, values] of Object.entries(JSON.parse(text).lamina_functions)) {
		must(Object.keys(values).every((member) => members.has(member)), `${name} has declared members only`);
		for (const [member, type] of members) {
			const value = values[member];
			must(type === 'number' ? Number.isInteger(value)
			     : type === 'optional' ? value === undefined || typeof value.apply_on === 'string'
			     : Array.isArray(value), `${name} ${member} is a ${type}`);
		}
	}
}

// --- AWS command line: a server on this machine takes what it sends
async function cli(text) {
	const requests = [];
	const server = http.createServer((request, response) => {
		const chunks = [];
		request.on('data', (chunk) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks).toString();
			requests.push({ path: request.url, body: JSON.parse(body) });
			response.setHeader('Content-Type', 'application/json');
			response.end('{}');
		});
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	fs.mkdirSync('bin', { recursive: true });
	const aws = path.join(readers, 'aws/awscli/aws');
	fs.writeFileSync('bin/aws', `#!/bin/sh\nexec python3 ${aws} "$@"\n`, { mode: 0o755 });
	fs.writeFileSync('script.sh', text);
	const environment = {
		PATH: `${process.cwd()}/bin:${process.env.PATH}`,
		HOME: process.cwd(),
		AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${server.address().port}`,
		AWS_ACCESS_KEY_ID: 'none',
		AWS_SECRET_ACCESS_KEY: 'none',
		AWS_DEFAULT_REGION: 'us-east-1',
		AWS_EC2_METADATA_DISABLED: 'true',
	};
	try {
		await run('sh', ['script.sh'], { env: environment });
	} finally {
		server.close();
	}
	const configured = requests.filter((request) => request.path.endsWith('/configuration'));
	must(configured.length === 2, 'two functions are configured');
	for (const { body } of configured)
		must(body.MemorySize >= 128 && body.Timeout >= 1 && body.EphemeralStorage.Size >= 512, 'as planned');
}

async function stepfunctions(text) {
	const result = require('asl-validator')(JSON.parse(text));
	must(result.isValid, JSON.stringify(result.errors));
}

// --- Power tuning: its chart's address is decoded with typed arrays, as the page that shows it does
async function powerTuning(text) {
	const decode = (part, Type) => {
		const bytes = Buffer.from(part, 'base64');
		return [...new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))];
	};
	for (const line of text.trim().split('\n')) {
		const { results } = JSON.parse(line);
		const parts = new URL(results.stateMachine.visualization).hash.slice(1).split(';');
		const [powers, times, costs] = [decode(parts[0], Int16Array), decode(parts[1], Float32Array),
						decode(parts[2], Float32Array)];
		must(powers.length === results.stats.length && times.length === powers.length, 'as many as in stats');
		results.stats.forEach((row, i) => {
			must(powers[i] === row.value, 'memory');
			must(times[i] === Math.fround(row.averageDuration), 'time');
			must(costs[i] === Math.fround(row.averagePrice), 'price');
		});
		must(results.stats.some((row) => String(row.value) === results.power), 'the size is among them');
	}
}

// --- Infracost: nobody publishes a validator; names and types are those of its Lambda resource
async function infracost(text) {
	const usage = yaml.load(text);
	must(usage.version === 0.1, 'version');
	for (const [name, values] of Object.entries(usage.resource_usage)) {
		must(/^aws_lambda_function\.\w+(\["[^"]+"\])?$/.test(name), `${name} is no address of a function`);
		must(Object.keys(values).join() === 'monthly_requests,request_duration_ms', `${name} has its keys`);
		must(Object.values(values).every(Number.isInteger), `${name} has whole numbers`);
	}
}

const plan = async (text) => must(Object.keys(JSON.parse(text)).length > 3, 'an object');

const formats = [
	['sam', sam, 'sam.yaml', ['MemorySize', 'MemorySizes'], ['Timeout: ', 'Timeout: t']],
	['serverless', serverless, 'serverless.yml', ['memorySize', 'memorysize'], ['timeout: ', 'timeout: t']],
	['terraform', terraform, 'vars.json', ['memory_size', 'memory'], ['"timeout": ', '"timeout": 0.']],
	['cli', cli, 'deploy.sh', ['--memory-size', '--memory-sizes'], ['--timeout ', '--timeout t']],
	['stepfunctions', stepfunctions, 'machine.json', ['"Next"', '"Nxt"'], ['"MaxAttempts": ', '"MaxAttempts": -']],
	['stepfunctions above 40', stepfunctions, 'distributed.json', ['DISTRIBUTED', 'DISTRIBUTE']],
	['power-tuning', powerTuning, 'tuning.json', ['averageDuration":1', 'averageDuration":2'], ['"value":1', '"value":2']],
	['infracost', infracost, 'usage.yml', ['monthly_requests', 'requests'], ['version: ', 'version: 1']],
	['json', plan, 'plan.json', ['{', '['], [':', '']],
];

// --- lamina schema: the project's own files by kind, whole, standing on others or put over them; then with a mistake
const files = (folder) => fs.readdirSync(folder).filter((file) => file.endsWith('.yaml')).map((file) => path.join(folder, file));

const schemas = (root) => [
	['experiment', [...files(`${root}/configs/paper`), ...files(`${root}/configs/validation`), 'exp.yaml', 'over.yaml'],
	 ['name: ', 'nam: '], ['images: ', 'images: x'], ['platform: ', 'platfrom: ']],
	['platform', files(`${root}/configs/platforms`), ['name: ', 'nam: ']],
	['profile', files(`${root}/profiles`), ['threads: ', 'thread: ']],
	['framework', files(`${root}/configs/frameworks`), ['name: ', 'nam: ']],
	['model', files(`${root}/configs/models`), ['layers:', 'layer:']],
];

function validator(kind) {
	const Ajv = require('ajv').default;
	const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(read(`schema-${kind}.json`)));
	return (text) => {
		must(validate(yaml.load(text, { schema: yaml.CORE_SCHEMA })), JSON.stringify(validate.errors));
	};
}

function checkSchemas(root, report) {
	const attempt = (check, text) => {
		try {
			check(text);
		} catch (error) {
			return error.message;
		}
		return '';
	};
	for (const [kind, names, ...mistakes] of schemas(root)) {
		const check = validator(kind);
		for (const name of names) {
			const why = attempt(check, read(name));
			report(why === '', `schema ${kind} takes ${path.basename(name)}`, why);
		}
		for (const [right, wrong] of mistakes) {
			const text = names.map(read).find((candidate) => candidate.includes(right));
			const broken = text.replace(right, wrong);
			report(attempt(check, broken) !== '', `schema ${kind} refuses '${wrong}'`, 'it was taken');
		}
	}
	const alone = attempt(validator('experiment'), 'apiVersion: lamina/v1\nname: x\n');
	report(alone.includes('workload'), 'schema experiment wants what a file that stands alone lacks', alone);
}

async function main() {
	let count = 0;
	const report = (ok, name, why) => {
		count++;
		console.log(`${ok ? 'ok' : 'not ok'} ${count} - ${name}`);
		if (!ok) {
			console.log(`${why}`.replace(/^/gm, '# '));
			process.exitCode = 1;
		}
	};
	for (const [format, check, file, ...mistakes] of formats) {
		const text = read(file);
		await check(text).then(() => report(true, `${format} is read`),
				       (error) => report(false, `${format} is read`, error.message));
		for (const [right, wrong] of mistakes) {
			const broken = text.replace(right, wrong);
			const name = `${format} with '${wrong}' is refused`;
			if (broken === text)
				report(false, name, `there is no '${right}' to break`);
			else
				await check(broken).then(() => report(false, name, 'it was taken'), () => report(true, name));
		}
	}
	checkSchemas(path.join(__dirname, '../..'), report);
	console.log(`1..${count}`);
}

main();
