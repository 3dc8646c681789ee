import { TRPCClientError } from '@trpc/client';

/** What is wrong with one line of an uploaded recording; the first line is 1. */
export type LineFault = { readonly lineNumber: number; readonly message: string };

function isLineFault(value: unknown): value is LineFault {
	return (
		typeof value === 'object' &&
		value !== null &&
		'lineNumber' in value &&
		typeof value.lineNumber === 'number' &&
		'message' in value &&
		typeof value.message === 'string'
	);
}

/** The faulty lines that a refusal of `rehearsals.start` names; none for any other error. */
export function lineFaults(error: unknown): readonly LineFault[] {
	if (!(error instanceof TRPCClientError)) return [];
	const data: unknown = error.data;
	if (typeof data !== 'object' || data === null || !('details' in data)) return [];
	const { details } = data;
	if (typeof details !== 'object' || details === null || !('lines' in details)) return [];
	return Array.isArray(details.lines) ? details.lines.filter(isLineFault) : [];
}
