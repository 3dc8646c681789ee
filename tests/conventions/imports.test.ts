import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../../src');

/** What every part of the server may use: it knows nothing of the rest. */
const FOUNDATION = ['config', 'errors', 'event-schema', 'failpoints', 'project-root', 'logger'];

/**
 * Which part may import which (DESIGN §6). Within `{allocator, realtime, history, …}` the arrows are:
 * history reads the live state and the stream as the allocator's readers give them; auth keeps its
 * tables with history's; jobs run channels, history and auth. A part that is not listed must be put in here.
 */
const ALLOWED: Record<string, readonly string[]> = {
	domain: [],
	config: [],
	errors: [],
	failpoints: [],
	'event-schema': ['domain'],
	'project-root': [],
	logger: [],
	redis: [...FOUNDATION],
	allocator: [...FOUNDATION, 'redis', 'domain'],
	realtime: [...FOUNDATION, 'allocator', 'redis', 'domain'],
	history: [...FOUNDATION, 'allocator', 'redis', 'domain'],
	auth: [...FOUNDATION, 'history', 'redis', 'domain'],
	protection: [...FOUNDATION, 'auth'],
	jobs: [
		...FOUNDATION,
		...['rehearsal', 'channels', 'allocator', 'history', 'auth', 'protection', 'redis', 'domain']
	],
	channels: [...FOUNDATION, 'allocator', 'history', 'redis', 'domain'],
	exports: [...FOUNDATION, 'history', 'redis', 'domain'],
	observability: [...FOUNDATION, 'history', 'redis'],
	trpc: [
		...FOUNDATION,
		...['allocator', 'realtime', 'history', 'channels', 'jobs', 'auth', 'rehearsal'],
		...['protection', 'redis', 'domain']
	],
	/** Files directly in lib/server that put the parts together, and hooks.server.ts. */
	root: [
		...FOUNDATION,
		...['trpc', 'allocator', 'realtime', 'history', 'channels', 'jobs', 'auth', 'observability'],
		...['exports', 'protection', 'redis', 'domain']
	],
	rehearsal: [...FOUNDATION, 'allocator', 'history', 'redis', 'domain', 'root'],
	browser: ['domain', 'trpc'],
	routes: ['root', 'trpc', 'auth', 'exports', 'observability', 'event-schema', 'browser', 'domain']
};

type Import = {
	readonly file: string;
	readonly target: string;
	readonly typeOnly: boolean;
};

function sourceFiles(): string[] {
	return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
		.map((name) => name.split(sep).join('/'))
		.filter((name) => /\.(ts|svelte)$/.test(name))
		.filter((name) => !/\.test\.ts$|\.d\.ts$|-fixture\.ts$/.test(name));
}

const IMPORT =
	/^[ \t]*(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

function readImports(file: string): Import[] {
	const text = readFileSync(join(SRC, file), 'utf8');
	return [...text.matchAll(IMPORT)].map((match) => ({
		file,
		target: match[2] ?? match[3] ?? '',
		typeOnly: match[1] !== undefined
	}));
}

const imports = sourceFiles().flatMap(readImports);

/** The part of the application that a file of src belongs to. */
function partOf(file: string): string {
	const [top = '', folder = '', area = '', ...rest] = file.split('/');
	if (top === 'routes') return 'routes';
	if (top !== 'lib') return 'root';
	if (folder !== 'server') return folder === 'domain' ? 'domain' : 'browser';
	const logs = ['logger.ts', 'throttled-errors.ts', 'log-context.ts', 'redaction.ts'];
	if (area === 'observability' && logs.includes(rest[0] ?? '')) return 'logger';
	if (rest.length > 0) return area;
	const name = area.replace(/\.ts$/, '');
	return FOUNDATION.includes(name) ? name : 'root';
}

/** The file of src that an import leads to; null for packages and SvelteKit's modules. */
function resolveTarget({ file, target }: Import): string | null {
	if (target.startsWith('$lib/')) return target.replace('$lib/', 'lib/');
	if (!target.startsWith('.')) return null;
	return relative(SRC, resolve(SRC, dirname(file), target))
		.split(sep)
		.join('/');
}

test('the imports were found at all', () => {
	expect(imports.length).toBeGreaterThan(300);
	expect(imports.some(({ typeOnly }) => typeOnly)).toBe(true);
});

test('every part imports only what stands below it', () => {
	const faults = imports.flatMap((entry) => {
		const target = resolveTarget(entry);
		if (target === null || target.startsWith('..')) return [];
		const [from, to] = [partOf(entry.file), partOf(target)];
		return from === to || ALLOWED[from]?.includes(to) ? [] : [`${entry.file}: ${from} → ${to}`];
	});
	expect(faults).toEqual([]);
});

/** What is left of a graph when everything without open arrows is taken away: its circles. */
function circle(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
	const left = new Map(graph);
	for (let done = false; !done;) {
		done = true;
		for (const [part, below] of left) {
			if ([...below].some((name) => left.has(name))) continue;
			left.delete(part);
			done = false;
		}
	}
	return [...left.keys()];
}

test('the allowed imports themselves go round in no circle', () => {
	const graph = new Map(Object.entries(ALLOWED).map(([from, to]) => [from, new Set(to)]));
	// A rehearsal is handed the whole application and knows its type only (see below).
	graph.get('rehearsal')?.delete('root');
	expect(circle(graph)).toEqual([]);
});

describe('the domain', () => {
	test('imports nothing but itself: no package, no Node module, no type of the server', () => {
		const foreign = imports.filter(
			(entry) => partOf(entry.file) === 'domain' && !entry.target.startsWith('./')
		);
		expect(foreign).toEqual([]);
	});
});

describe('the server', () => {
	const server = imports.filter(({ file }) => file.startsWith('lib/server/'));

	test('runs under plain Node: no module of SvelteKit or Vite', () => {
		expect(server.filter(({ target }) => target.startsWith('$'))).toEqual([]);
	});

	test('names its files with their extension, as plain Node wants it', () => {
		const bare = server.filter(({ target }) => target.startsWith('.') && !target.endsWith('.ts'));
		expect(bare).toEqual([]);
	});

	test('knows nothing of the browser’s side', () => {
		const browser = server.filter((entry) =>
			['browser', 'routes'].includes(partOf(resolveTarget(entry) ?? 'lib/server/x/y'))
		);
		expect(browser).toEqual([]);
	});
});

test('the browser’s side takes nothing but types from the server', () => {
	const code = imports.filter(
		(entry) =>
			partOf(entry.file) === 'browser' &&
			resolveTarget(entry)?.startsWith('lib/server/') &&
			!entry.typeOnly
	);
	expect(code).toEqual([]);
});

describe('the browser’s folders', () => {
	/** `console` of `lib/console/…`; null for what lies elsewhere. */
	const folderOf = (file: string): string | null =>
		partOf(file) === 'browser' ? (file.split('/')[1] ?? null) : null;
	const graph = new Map<string, Set<string>>();
	for (const entry of imports) {
		const from = folderOf(entry.file);
		const to = folderOf(resolveTarget(entry) ?? 'routes/x');
		if (from === null || to === null || from === to) continue;
		graph.set(from, (graph.get(from) ?? new Set()).add(to));
	}

	test('import each other in no circle', () => {
		expect(graph.size).toBeGreaterThan(0);
		expect(circle(graph)).toEqual([]);
	});

	test('the primitives of ui know none of the others', () => {
		expect(graph.get('ui')).toBeUndefined();
	});
});

test('nobody but the application’s roots and routes takes the whole application; rehearsals its type', () => {
	const takers = imports.filter((entry) => resolveTarget(entry) === 'lib/server/context.ts');
	const others = takers.filter(({ file }) => !['root', 'routes'].includes(partOf(file)));
	expect(others.filter(({ file }) => partOf(file) !== 'rehearsal')).toEqual([]);
	expect(others.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
});
