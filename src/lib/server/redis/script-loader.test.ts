import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScriptLoadError, loadScript, loadScripts } from './script-loader.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'sellary-lua-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, readonly string[]>): void {
	for (const [name, lines] of Object.entries(files)) {
		const file = join(folder, name);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, `${lines.join('\n')}\n`);
	}
}

function source(name: string): string {
	return loadScript(join(folder, name)).source;
}

function failure(name: string): string {
	try {
		loadScript(join(folder, name));
	} catch (error) {
		expect(error).toBeInstanceOf(ScriptLoadError);
		return error instanceof Error ? error.message : '';
	}
	throw new Error(`${name} was loaded`);
}

describe('includes', () => {
	test('a script without any is taken as it is', () => {
		write({ 'a.lua': ['#!lua', '-- A.', 'return 1'] });
		expect(source('a.lua')).toBe('#!lua\n-- A.\nreturn 1\n');
	});

	test('the shebang stays the first line, which servers demand', () => {
		write({ 'a.lua': ['#!lua', '-- @include "b"', 'return b'], 'b.lua': ['local b = 1'] });
		expect(source('a.lua').split('\n')[0]).toBe('#!lua');
	});

	test('the file stands in place of the line', () => {
		write({
			'a.lua': ['#!lua', 'local before', '-- @include "inc/b"', 'local after'],
			'inc/b.lua': ['local b = 1']
		});
		expect(source('a.lua')).toBe('#!lua\nlocal before\nlocal b = 1\nlocal after\n');
	});

	test('paths are relative to the file that includes', () => {
		write({
			'a.lua': ['#!lua', '-- @include "inc/b"'],
			'inc/b.lua': ['-- @include "deep/c"', 'local b'],
			'inc/deep/c.lua': ['-- @include "../d"', 'local c'],
			'inc/d.lua': ['local d']
		});
		expect(source('a.lua')).toBe('#!lua\nlocal d\nlocal c\nlocal b\n');
	});

	test('a file that two others include stands there once, before both', () => {
		write({
			'a.lua': ['#!lua', '-- @include "b"', '-- @include "c"', 'return d'],
			'b.lua': ['-- @include "d"', 'local b'],
			'c.lua': ['-- @include "d"', 'local c'],
			'd.lua': ['local d']
		});
		const text = source('a.lua');
		expect(text.match(/local d/g)).toHaveLength(1);
		expect(text.replace(/\n+/g, '\n')).toBe('#!lua\nlocal d\nlocal b\nlocal c\nreturn d\n');
	});

	test('a path with ./ or .. is the same file', () => {
		write({
			'a.lua': ['#!lua', '-- @include "inc/b"', '-- @include "./inc/../inc/b"'],
			'inc/b.lua': ['local b']
		});
		expect(source('a.lua').match(/local b/g)).toHaveLength(1);
	});

	test('only a whole comment line is one', () => {
		const lines = [
			'#!lua',
			'local x = "-- @include"',
			'-- see @include "b"',
			'y() -- @include "b"'
		];
		write({ 'a.lua': lines });
		expect(source('a.lua')).toBe(`${lines.join('\n')}\n`);
	});

	test('one script’s includes are not missing in the next', () => {
		write({
			'a.lua': ['#!lua', '-- @include "inc/x"'],
			'b.lua': ['#!lua', '-- @include "inc/x"'],
			'inc/x.lua': ['local x']
		});
		const scripts = loadScripts(folder);
		expect(scripts.get('a')?.source).toContain('local x');
		expect(scripts.get('b')?.source).toContain('local x');
	});
});

describe('faults name the file and the line', () => {
	test('a missing include', () => {
		write({ 'a.lua': ['#!lua', '', '-- @include "inc/nowhere"'] });
		expect(failure('a.lua')).toMatch(/a\.lua:3: .*inc\/nowhere/);
	});

	test('a missing include of an include', () => {
		write({ 'a.lua': ['#!lua', '-- @include "b"'], 'b.lua': ['', '', '-- @include "nowhere"'] });
		expect(failure('a.lua')).toMatch(/nowhere/);
		expect(failure('a.lua')).toMatch(/[ab]\.lua:\d+/);
	});

	test('a file that includes itself', () => {
		write({ 'a.lua': ['#!lua', '-- @include "a"'] });
		expect(failure('a.lua')).toMatch(/a\.lua:2: .*"a".*cycle/);
	});

	test('a cycle of three, at the line that closes it', () => {
		write({
			'a.lua': ['#!lua', '-- @include "b"'],
			'b.lua': ['local b', '-- @include "c"'],
			'c.lua': ['', '', '', '-- @include "b"']
		});
		expect(failure('a.lua')).toMatch(/c\.lua:4: .*"b".*cycle/);
	});

	test('a script that does not exist', () => {
		expect(failure('nowhere.lua')).toMatch(/nowhere\.lua/);
	});
});

describe('a loaded script', () => {
	test('has the name of its file and the SHA-1 of its whole source', () => {
		write({ 'two-words.lua': ['#!lua', '-- @include "b"'], 'b.lua': ['local b'] });
		const script = loadScript(join(folder, 'two-words.lua'));
		expect(script.name).toBe('two-words');
		expect(script.sha).toBe(createHash('sha1').update(script.source).digest('hex'));
	});

	test('changes its SHA when an include changes', () => {
		write({ 'a.lua': ['#!lua', '-- @include "b"'], 'b.lua': ['local b = 1'] });
		const before = loadScript(join(folder, 'a.lua')).sha;
		write({ 'b.lua': ['local b = 2'] });
		expect(loadScript(join(folder, 'a.lua')).sha).not.toBe(before);
	});
});

test('a folder gives its scripts, not its sub-folders’ and not other files', () => {
	write({
		'a.lua': ['return 1'],
		'b.lua': ['return 2'],
		'inc/c.lua': ['local c'],
		'notes.md': ['x']
	});
	expect([...loadScripts(folder).keys()].toSorted()).toEqual(['a', 'b']);
});
