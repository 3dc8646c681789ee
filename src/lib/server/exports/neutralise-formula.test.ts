import { describe, expect, test } from 'vitest';
import { neutraliseFormula } from './neutralise-formula.ts';

const STARTS = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];

describe('a text that could start a formula', () => {
	test.each(STARTS)('gets a quote in front: %j', (start) => {
		expect(neutraliseFormula(`${start}1+1`)).toBe(`'${start}1+1`);
		expect(neutraliseFormula(start)).toBe(`'${start}`);
	});

	test.each([' ', '   ', '"', "'", '" ', '\n', '\u00a0', '\u3000', '\u200b', '\ufeff', '“', '«'])(
		'is found behind what programs strip: %j',
		(lead) => {
			for (const start of STARTS) {
				expect(neutraliseFormula(`${lead}${start}cmd`)).toBe(`'${lead}${start}cmd`);
			}
		}
	);

	test('is found although it goes on over several lines', () => {
		expect(neutraliseFormula('=1+1\nsecond')).toBe("'=1+1\nsecond");
		expect(neutraliseFormula('\n\n=1+1')).toBe("'\n\n=1+1");
	});

	test('of DDE, links and handles stays readable behind the quote', () => {
		expect(neutraliseFormula("=cmd|' /C calc'!A0")).toBe("'=cmd|' /C calc'!A0");
		expect(neutraliseFormula('=HYPERLINK("http://x.example","y")')).toBe(
			'\'=HYPERLINK("http://x.example","y")'
		);
		expect(neutraliseFormula('@ana')).toBe("'@ana");
	});
});

describe('any other text', () => {
	test.each([
		'',
		' ',
		'sold 12',
		'a=b',
		'12-13',
		'it’s = mine',
		'"sold 12"',
		'😀 sold 12',
		'ขาย ๑๒',
		'2026-11-20T19:02:33.120+01:00',
		'8'.repeat(8_000),
		' '.repeat(8_000)
	])('stays as it is: %j', (text) => {
		expect(neutraliseFormula(text)).toBe(text);
	});
});
