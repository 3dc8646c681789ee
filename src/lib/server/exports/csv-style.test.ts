import { expect, test } from 'vitest';
import { PLAIN_CSV, readCsvStyle } from './csv-style.ts';

const styleOf = (query: string) => readCsvStyle(new URLSearchParams(query));

test('an address without a word asks for plain CSV', () => {
	for (const query of ['', 'bom=0', 'bom=yes', 'separator=,', 'separator=%3B', 'separator=tab']) {
		expect(styleOf(query), query).toEqual(PLAIN_CSV);
	}
});

test('mark and separator are asked for apart', () => {
	expect(styleOf('bom=1')).toEqual({ withByteOrderMark: true, separator: ',' });
	expect(styleOf('separator=semicolon')).toEqual({ withByteOrderMark: false, separator: ';' });
	expect(styleOf('bom=1&separator=semicolon')).toEqual({ withByteOrderMark: true, separator: ';' });
});
