import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as blockLists from '../../src/lib/server/allocator/block-lists.ts';
import * as channelReports from '../../src/lib/server/allocator/channel-reports.ts';
import * as comment from '../../src/lib/server/allocator/comment.ts';
import * as operatorActions from '../../src/lib/server/allocator/operator-actions.ts';
import type { ShowScript } from '../../src/lib/server/allocator/script-runner.ts';
import { COMMENT_OUTCOMES } from '../../src/lib/domain/events.ts';
import { isAppErrorCode } from '../../src/lib/server/errors.ts';
import { SHOW_KEYS } from '../../src/lib/server/redis/keys.ts';

const FOLDER = join(import.meta.dirname, '../../lua');

/** Codes that `ScriptRunner`, `CommentIntake`, `Recovery`, `WriteBehind` and `forgetShow` handle themselves. */
const INNER_CODES = [
	'OK',
	'SHOW_MISSING',
	'HISTORY_LOST',
	'STALE_WORDS',
	'STALE_EPOCH',
	'ALREADY_LIVE',
	'STAGING_LOST',
	'STALE_BLOCKS',
	'SHOW_RUNNING',
	'NOT_PERSISTED',
	'duplicate_comment'
];

/** Scripts whose keys are put together where they are used; what they do is tested there. */
const WITHOUT_WRAPPER = [
	'snapshot',
	'mark-persisted',
	'restore-stage',
	'restore-commit',
	'retire',
	'offer-comments',
	'lease',
	'forget-show'
];

type Script = {
	readonly name: string;
	readonly lines: readonly string[];
	readonly header: string;
	readonly body: string;
};

function readScript(file: string): Script {
	const lines = readFileSync(join(FOLDER, file), 'utf8').split('\n');
	const end = lines.findIndex((line, index) => index > 0 && !line.startsWith('--'));
	return {
		name: file.replace(/^includes\//, '').replace(/\.lua$/, ''),
		lines,
		header: lines.slice(0, end).join('\n'),
		body: lines.slice(end).join('\n')
	};
}

function luaFiles(folder: string): string[] {
	return readdirSync(join(FOLDER, folder))
		.filter((name) => name.endsWith('.lua'))
		.map((name) => join(folder, name));
}

const scripts = luaFiles('').map(readScript);
const includes = luaFiles('includes').map(readScript);

/** What `KEYS[n]` or `ARGV[n]` a text mentions; `KEYS[4..]` and `KEYS[9..14]` are ranges. */
function mentioned(
	text: string,
	array: 'KEYS' | 'ARGV'
): { single: Set<number>; from: Set<number> } {
	const single = new Set<number>();
	const from = new Set<number>();
	for (const [, first = '', dots, last] of text.matchAll(
		new RegExp(`\\b${array}\\[(\\d+)(\\.\\.)?(\\d+)?\\]`, 'g')
	)) {
		if (dots === undefined) single.add(Number(first));
		else if (last === undefined) from.add(Number(first));
		else for (let n = Number(first); n <= Number(last); n++) single.add(n);
	}
	return { single, from };
}

/** The names that a header gives its keys, in their order: `KEYS[1] meta  KEYS[2] items …`. */
function documentedKeys(header: string): string[] {
	return [...header.matchAll(/KEYS\[\d+\]\s+([a-z]+)/g)].map((match) => match[1] ?? '');
}

function isShowScript(value: unknown): value is ShowScript {
	return typeof value === 'object' && value !== null && 'name' in value && 'keys' in value;
}

const wrappers = [comment, operatorActions, channelReports, blockLists]
	.flatMap((module): unknown[] => Object.values(module))
	.filter(isShowScript);

describe.each(scripts.map((script) => [script.name, script] as const))(
	'lua/%s.lua',
	(name, script) => {
		test('starts with the line that makes servers check its keys', () => {
			expect(script.lines[0]).toMatch(/^#!lua( flags=[a-z-]+)?$/);
		});

		test('says what it does, what it returns and what it emits', () => {
			expect(script.lines[1]).toMatch(/^-- [A-Z].+/);
			expect(script.header).toMatch(/^-- Returns /m);
			expect(script.header).toMatch(/^-- Emits /m);
		});

		test.each(['KEYS', 'ARGV'] as const)(
			'documents every %s that it uses, and uses every one',
			(array) => {
				const documented = mentioned(script.header, array);
				const used = mentioned(script.body, array).single;
				const loops = new RegExp(`${array}\\[[^\\]]*[a-z]`).test(script.body);
				const open = Math.min(...documented.from, Infinity);
				for (const n of used) {
					expect(documented.single.has(n) || n >= open, `${array}[${n}] is not documented`).toBe(
						true
					);
				}
				for (const n of documented.single) {
					expect(used.has(n) || loops, `${array}[${n}] is documented and not used`).toBe(true);
				}
				expect(
					loops || documented.from.size === 0,
					'an open range is documented and not used'
				).toBe(true);
				const numbers = [...documented.single].toSorted((a, b) => a - b);
				expect(numbers, 'no number is left out').toEqual(numbers.map((_, index) => index + 1));
			}
		);

		test('documents every code that it answers with', () => {
			const answered = [...script.body.matchAll(/reply\([a-z]+, '([^']+)'/g)].map(
				(match) => match[1]
			);
			for (const code of answered) expect(script.header, code).toContain(code);
		});

		test('answers with codes that its callers know', () => {
			const codes = script.header.match(/\b[A-Z]+_[A-Z_]+\b/g) ?? [];
			for (const code of codes) {
				expect(INNER_CODES.includes(code) || isAppErrorCode(code), code).toBe(true);
			}
		});

		test('has a wrapper with the keys of its header, in their order', () => {
			const wrapper = wrappers.find((candidate) => candidate.name === name);
			if (WITHOUT_WRAPPER.includes(name)) {
				expect(wrapper).toBeUndefined();
				return;
			}
			const keys = documentedKeys(script.header);
			expect(wrapper?.keys.slice(0, keys.length)).toEqual(keys);
			const isOpen = mentioned(script.header, 'KEYS').from.size > 0;
			expect(isOpen ? new Set(wrapper?.keys) : wrapper?.keys).toEqual(
				isOpen ? new Set([...SHOW_KEYS, ...keys]) : keys
			);
		});

		test('reaches no key but those it was given', () => {
			const literals = [...script.body.matchAll(/redis\.call\(\s*'[A-Z]+'\s*,\s*(['"])/g)];
			expect(literals).toEqual([]);
		});
	}
);

test('every wrapper has its script', () => {
	const names = new Set(scripts.map(({ name }) => name));
	expect(wrappers.length).toBeGreaterThan(10);
	for (const wrapper of wrappers) expect(names.has(wrapper.name), wrapper.name).toBe(true);
});

test('the comment script’s header leads to the outcomes of the design, and its body knows each', () => {
	const script = scripts.find(({ name }) => name === 'comment');
	for (const outcome of COMMENT_OUTCOMES) expect(script?.body).toContain(`'${outcome}'`);
});

describe.each(includes.map((script) => [script.name, script] as const))(
	'lua/includes/%s.lua',
	(_name, script) => {
		test('says what it is for', () => {
			expect(script.lines[0]).toMatch(/^-- [A-Z].+/);
		});

		test('takes keys and arguments as parameters only, so that a script’s header tells all', () => {
			expect(`${script.header}\n${script.body}`).not.toMatch(/\b(KEYS|ARGV)\b/);
		});
	}
);
