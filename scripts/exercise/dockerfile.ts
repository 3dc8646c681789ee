import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

type Instruction = { readonly name: string; readonly text: string };

export type Image = {
	/** The folder that is `/app` in the container. */
	readonly app: string;
	readonly env: Readonly<Record<string, string>>;
	readonly command: readonly string[];
	readonly healthCheck: readonly string[];
};

/** Instructions in their order, lines joined that a backslash continues. */
export function parseDockerfile(source: string): Instruction[] {
	return source
		.replace(/\\\n\s*/g, ' ')
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '' && !line.startsWith('#'))
		.map((line) => {
			const [name = '', ...rest] = line.split(/\s+/);
			return { name: name.toUpperCase(), text: rest.join(' ') };
		});
}

/** Which files of the project `.dockerignore` lets through, for a list that excludes all and names the rest. */
export function contextFilter(dockerignore: string): (path: string) => boolean {
	const lines = dockerignore
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '' && !line.startsWith('#'));
	if (lines[0] !== '*') throw new Error('.dockerignore does not begin by excluding everything');
	const kept = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
	const dropped = lines.filter((line) => line.startsWith('**/*')).map((line) => line.slice(4));
	const unknown = lines.length - 1 - kept.length - dropped.length;
	if (unknown > 0) throw new Error('.dockerignore has lines that are not understood here');
	return (path) =>
		kept.some((name) => path === name || path.startsWith(`${name}/`)) &&
		!dropped.some((ending) => path.endsWith(ending));
}

/**
 * Does with folders what `docker build` does with layers: the stages of the Dockerfile up to `target`, with
 * the Node that runs this in place of the base image. Returns the target's image. Throws for instructions
 * that it does not know, and when a command fails.
 */
export async function buildWithoutDocker(
	project: string,
	folder: string,
	target: string
): Promise<Image> {
	const context = join(folder, 'context');
	await copyContext(project, context);
	const stages = new Map<string, string>();
	let stage = '';
	let env: Record<string, string> = {};
	let command: string[] = [];
	let healthCheck: string[] = [];
	for (const { name, text } of parseDockerfile(
		await readFile(join(project, 'Dockerfile'), 'utf8')
	)) {
		switch (name) {
			case 'FROM': {
				if (stages.has(target)) return { app: stages.get(target) ?? '', env, command, healthCheck };
				const [, label = ''] = / AS (\S+)$/i.exec(text) ?? [];
				stage = join(folder, label);
				await mkdir(stage);
				stages.set(label, stage);
				[env, command, healthCheck] = [{}, [], []];
				break;
			}
			case 'COPY':
				await copyInto(stage, text, context, stages);
				break;
			case 'RUN':
				await run('/bin/sh', ['-ec', text], {
					cwd: stage,
					maxBuffer: MAX_OUTPUT_BYTES,
					env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` }
				});
				break;
			case 'ENV':
				for (const pair of text.split(' ')) {
					const [key = '', value = ''] = pair.split('=', 2);
					env[key] = value;
				}
				break;
			case 'CMD':
				command = words(text);
				break;
			case 'HEALTHCHECK':
				healthCheck = words(text.slice(text.indexOf('[')));
				break;
			case 'ARG':
			case 'WORKDIR':
			case 'USER':
			case 'EXPOSE':
			case 'STOPSIGNAL':
				break;
			default:
				throw new Error(`the Dockerfile has ${name}, which is not understood here`);
		}
	}
	throw new Error(`the Dockerfile has no stage after ${target}`);
}

function words(json: string): string[] {
	const parsed: unknown = JSON.parse(json);
	if (!Array.isArray(parsed)) throw new Error(`not a list of words: ${json}`);
	return parsed.map(String);
}

async function copyContext(project: string, context: string): Promise<void> {
	const isKept = contextFilter(await readFile(join(project, '.dockerignore'), 'utf8'));
	const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
	const { stdout } = await run('git', list, { cwd: project, maxBuffer: MAX_OUTPUT_BYTES });
	for (const path of stdout.split('\0').filter((name) => name !== '' && isKept(name))) {
		const to = join(context, path);
		await mkdir(dirname(to), { recursive: true });
		await writeFile(to, await readFile(join(project, path)));
	}
}

async function copyInto(
	stage: string,
	text: string,
	context: string,
	stages: ReadonlyMap<string, string>
): Promise<void> {
	const [, from, paths = text] = /^--from=(\S+) (.*)$/.exec(text) ?? [];
	const source = from === undefined ? context : stages.get(from);
	if (source === undefined)
		throw new Error(`the Dockerfile copies from ${from}, which is no stage`);
	const names = paths.split(' ');
	const to = resolve(stage, names.pop() ?? '.');
	for (const name of names) {
		const path = join(source, name.replace(/^\/app\//, ''));
		const isFolderTarget = paths.endsWith('./');
		const into = isFolderTarget && name !== '.' ? join(to, name) : to;
		await cp(path, into, { recursive: true, verbatimSymlinks: true });
	}
}
