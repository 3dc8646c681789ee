import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_LINE_BYTES } from './line-splitter.ts';
import { parseRehearsal, readRehearsal, RehearsalFormatError } from './read.ts';

const HEADER = '{"type":"show","name":"S","items":[{"number":"1","title":"A","quantity":1}]}';
const PAUSE = '{"type":"pause","at":5}';
const END = '{"type":"end","at":9}';

function comment(at: number, text: string): string {
	return JSON.stringify({
		type: 'comment',
		at,
		platform: 'facebook',
		liveId: 'L',
		commentId: `c${at}`,
		userId: 'u1',
		userHandle: 'buyer_1',
		text
	});
}

function parse(text: string | Uint8Array, chunkBytes = 7) {
	const bytes = Buffer.from(text);
	const chunks: Uint8Array[] = [];
	for (let start = 0; start < bytes.length; start += chunkBytes) {
		chunks.push(bytes.subarray(start, start + chunkBytes));
	}
	return parseRehearsal(chunks);
}

async function failure(
	text: string | Uint8Array,
	chunkBytes?: number
): Promise<RehearsalFormatError> {
	try {
		await parse(text, chunkBytes);
	} catch (error) {
		if (error instanceof RehearsalFormatError) return error;
		throw error;
	}
	throw new Error('the rehearsal is valid');
}

describe('reading a rehearsal', () => {
	let folder = '';
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
	});
	afterAll(() => rm(folder, { recursive: true }));

	test('reads a file: header, and lines with their numbers', async () => {
		const path = join(folder, 'show.jsonl');
		await writeFile(path, `${HEADER}\n${PAUSE}\n${END}\n`);
		expect(await readRehearsal(path)).toEqual({
			header: {
				type: 'show',
				name: 'S',
				claimWord: 'sold',
				passWord: 'pass',
				items: [{ number: '1', title: 'A', quantity: 1 }]
			},
			lines: [
				{ lineNumber: 2, line: { type: 'pause', at: 5 } },
				{ lineNumber: 3, line: { type: 'end', at: 9 } }
			]
		});
	});

	test('a file that is not there is an error of the file system', async () => {
		await expect(readRehearsal(join(folder, 'none.jsonl'))).rejects.toMatchObject({
			code: 'ENOENT'
		});
	});

	test.each([1, 2, 3, 64, 100_000])('texts survive chunks of %i bytes', async (chunkBytes) => {
		const text = 'ขาย ๑๒ 🙋🏽‍♀️ مرحبا';
		const { lines } = await parse(`${HEADER}\n${comment(1, text)}\n${END}`, chunkBytes);
		expect(lines).toMatchObject([{ line: { text } }, { line: { type: 'end' } }]);
	});

	test('a byte order mark, CRLF and blank lines at the end are fine', async () => {
		const { lines } = await parse(`\ufeff${HEADER}\r\n${PAUSE}\r\n\r\n \n\n`);
		expect(lines).toEqual([{ lineNumber: 2, line: { type: 'pause', at: 5 } }]);
	});

	test('a last line without a line feed counts', async () => {
		expect((await parse(`${HEADER}\n${PAUSE}`)).lines).toHaveLength(1);
	});

	test('a show without lines is valid', async () => {
		expect((await parse(HEADER)).lines).toEqual([]);
	});

	test('lines after the end, and several at the same time, are valid', async () => {
		const { lines } = await parse(
			[HEADER, END, comment(9, 'sold 1'), comment(9, 'sold 1')].join('\n')
		);
		expect(lines).toHaveLength(3);
	});

	test('reads 200,000 lines within seconds', async () => {
		function* file() {
			yield Buffer.from(`${HEADER}\n`);
			for (let at = 0; at < 200_000; at++) yield Buffer.from(`${comment(at, 'sold 1')}\n`);
		}
		expect((await parseRehearsal(file())).lines).toHaveLength(200_000);
	}, 20_000);
});

describe('a file that is no rehearsal', () => {
	test.each([
		['an empty file', ''],
		['only line feeds', '\n\n'],
		['only a byte order mark', '\ufeff']
	])('%s is said to be empty', async (_, text) => {
		const error = await failure(text);
		expect(error).toMatchObject({ lineNumber: 1 });
		expect(error.message).toMatch(/^Line 1: The file is empty/);
	});

	test('a blank line before the header makes the file not empty but wrong', async () => {
		expect((await failure(`\n${HEADER}`)).lineNumber).toBe(1);
	});

	test('a missing header is an error of line 1', async () => {
		const error = await failure(`${PAUSE}\n${END}`);
		expect(error.errors).toEqual([
			{ lineNumber: 1, message: expect.stringMatching(/^The first line must describe the show/) }
		]);
	});

	test.each([
		['broken JSON', '{"type":"pause","at":5', /not complete JSON/],
		['another JSON value', '[1]', /must be one JSON object/],
		['an unknown type', '{"type":"bid","at":5}', /"bid" is not known/],
		['a second header', HEADER, /Only the first line/],
		['a wrong field', '{"type":"pause","at":-5}', /"at" must be/],
		['an empty line', '', /The line is empty/],
		['an earlier time', '{"type":"pause","at":1}', /"at" 1 is earlier than 5 on line 2/]
	])('%s is an error with its line number', async (_, line, message) => {
		const error = await failure([HEADER, PAUSE, line, END].join('\n'));
		expect(error.errors).toEqual([{ lineNumber: 3, message: expect.stringMatching(message) }]);
		expect(error.lineNumber).toBe(3);
		expect(error.message).toMatch(/^Line 3: /);
	});

	test('broken JSON is located within its line, not by a line of its own', async () => {
		const { message } = await failure(`${HEADER}\n{"type" "pause"}`);
		expect(message).toMatch(/^Line 2: .*near character 9/);
		expect(message).not.toMatch(/column/);
	});

	test('bytes that are not UTF-8 are an error with their line number', async () => {
		const bytes = Buffer.from(`${HEADER}\n${comment(1, 'caf@')}\n`, 'latin1');
		bytes[bytes.indexOf('@')] = 0xe9;
		const error = await failure(bytes);
		expect(error.errors).toEqual([{ lineNumber: 2, message: expect.stringMatching(/not UTF-8/) }]);
	});

	test('UTF-16 is recognised, and reported once', async () => {
		const error = await failure(Buffer.from(`\ufeff${HEADER}\n${PAUSE}\n`, 'utf16le'));
		expect(error.errors).toHaveLength(1);
		expect(error.message).toMatch(/UTF-16/);
	});

	test('a line over 1 MB is an error with its line number, and the lines after it are read', async () => {
		const text = [HEADER, 'x'.repeat(MAX_LINE_BYTES + 1), PAUSE, '{'].join('\n');
		const error = await failure(text, 64 * 1024);
		expect(error.errors.map((each) => each.lineNumber)).toEqual([2, 4]);
		expect(error.message).toMatch(/^Line 2: The line is longer than 1 MB/);
	});

	test('a huge line does not fill the memory', async () => {
		const chunk = Buffer.alloc(1024 * 1024, 'x');
		let pulled = 0;
		function* endless() {
			for (; pulled < 2_000; pulled++) yield chunk;
		}
		const before = process.memoryUsage().arrayBuffers;
		await expect(parseRehearsal(endless())).rejects.toThrow(/longer than 1 MB/);
		expect(pulled).toBe(2_000);
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 1024 * 1024);
	});

	test('all errors are collected, in the order of the lines', async () => {
		const error = await failure([HEADER, '{', PAUSE, '', END, '[]', END].join('\n'));
		expect(error.errors.map((each) => each.lineNumber)).toEqual([2, 4, 6]);
		expect(error.message.split('\n')).toHaveLength(3);
	});

	test('an empty line is reported before a broken one that follows it', async () => {
		const bytes = Buffer.from(`${HEADER}\n\n@\n`);
		bytes[bytes.indexOf('@')] = 0xff;
		expect((await failure(bytes)).errors.map((each) => each.lineNumber)).toEqual([2, 3]);
	});

	test('a wrong line does not make later ones look out of order', async () => {
		const late = '{"type":"pause","at":900,"x":}';
		const error = await failure([HEADER, late, PAUSE, END].join('\n'));
		expect(error.errors).toHaveLength(1);
	});

	test('checking stops after 20 errors, and says so', async () => {
		let pulled = 0;
		function* file() {
			yield Buffer.from(`${HEADER}\n`);
			for (; pulled < 1_000; pulled++) yield Buffer.from('{\n');
		}
		const error = await parseRehearsal(file()).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(RehearsalFormatError);
		expect(error).toMatchObject({ lineNumber: 2, errors: { length: 20 } });
		expect(String(error)).toMatch(/Checking stopped after 20 errors/);
		expect(pulled).toBeLessThan(25);
	});
});
