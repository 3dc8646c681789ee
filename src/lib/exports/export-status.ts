/** Whether a show's files can be had now, and what to tell a person if not. */
export type ExportStatus =
	| { readonly kind: 'ready' }
	/** Not yet; it is worth asking again. */
	| { readonly kind: 'not_ready'; readonly message: string }
	| { readonly kind: 'failed'; readonly message: string };

const SIGNED_OUT = 'You are signed out. Please sign in again.';
const GONE = 'This show is no longer here.';
const UNREACHABLE = 'Sellary can’t be reached. Check the connection and try again.';
const BROKEN = 'The files can’t be had right now. Please try again in a moment.';

function readStatus(answer: unknown): ExportStatus {
	if (typeof answer === 'object' && answer !== null && 'ready' in answer) {
		if (answer.ready === true) return { kind: 'ready' };
		if ('message' in answer && typeof answer.message === 'string') {
			return { kind: 'not_ready', message: answer.message };
		}
	}
	return { kind: 'failed', message: BROKEN };
}

/** Asks the server at `address` (`…/shows/<id>/exports`). Never throws. */
export async function fetchExportStatus(address: string): Promise<ExportStatus> {
	try {
		// Whoever is signed out is sent to the sign-in page; following would find a page, not an answer.
		const headers = { accept: 'application/json' };
		const response = await fetch(address, { headers, redirect: 'manual' });
		const isRedirect = response.type === 'opaqueredirect' || response.status === 303;
		if (isRedirect) return { kind: 'failed', message: SIGNED_OUT };
		if (response.status === 404) return { kind: 'failed', message: GONE };
		if (!response.ok) return { kind: 'failed', message: BROKEN };
		const answer: unknown = await response.json();
		return readStatus(answer);
	} catch (error) {
		return { kind: 'failed', message: error instanceof SyntaxError ? BROKEN : UNREACHABLE };
	}
}
