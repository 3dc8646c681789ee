import { expect, test } from 'vitest';
import { HOME_PATH, redirectQuery, safeRedirect } from './safe-redirect.ts';

test.each(['/shows/new', '/shows?search=a%20b', '/shows/1/console#items', '/'])(
	'%s stays on this site',
	(path) => expect(safeRedirect(path)).toBe(path)
);

test.each([
	null,
	'',
	'shows',
	'https://evil.example/',
	'//evil.example/',
	'///evil.example',
	'/\\evil.example',
	'/\\/evil.example',
	'/\t/evil.example',
	'/\n/evil.example',
	'javascript:alert(1)',
	'/.//evil.example',
	'/..//evil.example',
	'/%2e//evil.example',
	'/shows/..//evil.example',
	'/.\\/evil.example/a?b#c',
	`/${'a'.repeat(3_000)}`
])('%j leads home', (target) => expect(safeRedirect(target)).toBe(HOME_PATH));

test('what is put into the query comes out again', () => {
	const path = '/shows?search=a&b=c';
	const query = new URLSearchParams(redirectQuery(path));
	expect(safeRedirect(query.get('redirectTo'))).toBe(path);
	expect(redirectQuery(HOME_PATH)).toBe('');
});
