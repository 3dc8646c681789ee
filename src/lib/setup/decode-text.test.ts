import { expect, test } from 'vitest';
import { decodeText } from './decode-text.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

test.each([
	['UTF-8', new TextEncoder().encode('Kleid, grün'), 'Kleid, grün'],
	['UTF-8 with its mark', bytes(0xef, 0xbb, 0xbf, 0x61), 'a'],
	['UTF-16, little end first', bytes(0xff, 0xfe, 0xfc, 0x00), 'ü'],
	['UTF-16, big end first', bytes(0xfe, 0xff, 0x00, 0xfc), 'ü'],
	['windows-1252', bytes(0x67, 0x72, 0xfc, 0x6e, 0x80), 'grün€'],
	['nothing', bytes(), '']
])('%s is read', (_, input, text) => expect(decodeText(input)).toEqual({ ok: true, text }));

test.each([
	['an Excel workbook', bytes(0x50, 0x4b, 0x03, 0x04, 0x14), 'workbook'],
	['an old Excel workbook', bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1), 'workbook'],
	['a picture', bytes(0x89, 0x50, 0x4e, 0x47, 0x00, 0x1a), 'not a text file']
])('%s is refused', (_, input, reason) => {
	expect(decodeText(input)).toMatchObject({ ok: false, message: expect.stringContaining(reason) });
});
