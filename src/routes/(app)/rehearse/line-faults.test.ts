import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { lineFaults } from './line-faults.ts';

const refusal = (data: unknown) =>
	TRPCClientError.from({ error: { message: 'refused', code: -32600, data } });

test('the lines that a refusal names are read, anything else in it is not', () => {
	const line = { lineNumber: 3, message: 'no JSON' };
	expect(lineFaults(refusal({ details: { lines: [line, { lineNumber: '4' }, null] } }))).toEqual([
		line
	]);
});

test.each([new Error('x'), null, refusal(null), refusal({}), refusal({ details: { lines: 'x' } })])(
	'%o names none',
	(error) => expect(lineFaults(error)).toEqual([])
);
