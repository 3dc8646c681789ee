import { describe, expect, test } from 'vitest';
import { attachment, exportFileName } from './file-name.ts';

const AT = '2026-11-20T19:02:33.120+01:00';

describe('the name of a file', () => {
	test.each([
		['Friday sale', 'Friday sale 2026-11-20 claims.csv'],
		['Vendredi à l’été ☀', 'Vendredi à l’été ☀ 2026-11-20 claims.csv'],
		['../../etc/passwd', 'etc passwd 2026-11-20 claims.csv'],
		['C:\\sale "best" <b>|?*', 'C sale best b 2026-11-20 claims.csv'],
		['.hidden.', 'hidden 2026-11-20 claims.csv'],
		['two\r\nlines\tand\u0000more', 'two lines and more 2026-11-20 claims.csv'],
		['\u202egpj.exe', 'gpj.exe 2026-11-20 claims.csv'],
		['...', 'Show 2026-11-20 claims.csv'],
		['', 'Show 2026-11-20 claims.csv']
	])('%j', (name, expected) => {
		expect(exportFileName(name, AT, 'claims.csv')).toBe(expected);
	});

	test('is cut between characters, and short enough for a file system', () => {
		const name = exportFileName('👩‍👩‍👧‍👦'.repeat(50), AT, 'comments.csv');
		expect(name).toBe(`${'👩‍👩‍👧‍👦'.repeat(6)} 2026-11-20 comments.csv`);
		expect(Buffer.byteLength(name)).toBeLessThan(255);
	});
});

describe('the header', () => {
	test('names the file twice: in ASCII, and as it is', () => {
		expect(attachment('Été 20 % (new) 2026-11-20 claims.csv')).toBe(
			'attachment; filename="Ete-20-new-2026-11-20-claims.csv"; ' +
				"filename*=UTF-8''%C3%89t%C3%A9%2020%20%25%20%28new%29%202026-11-20%20claims.csv"
		);
	});

	test.each([
		'ライブ',
		'"; filename=evil.exe; "',
		"it's *new*",
		'\r\nset-cookie: a=b',
		'😀',
		'…up'
	])('holds only what a header may, whatever the show is called: %j', (show) => {
		const header = attachment(exportFileName(show, AT, 'claims.csv'));
		expect(header).toMatch(
			/^attachment; filename="[A-Za-z0-9][A-Za-z0-9._-]*\.csv"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+$/
		);
		const [, encoded = ''] = header.split("UTF-8''");
		expect(decodeURIComponent(encoded)).toBe(exportFileName(show, AT, 'claims.csv'));
		expect(() => new Headers({ 'content-disposition': header })).not.toThrow();
	});
});
