import { classifyCode, MetaError } from './errors.ts';
import { readErrorEnvelope, readInstagramEnvelope } from './error-envelope.ts';
import { parseMetaJson } from './json.ts';
import { readUsage } from './usage.ts';
import type { Usage } from './usage.ts';

/** Far above a full page of comments; what is larger is no answer of Graph. */
export const MAX_BODY_BYTES = 5_000_000;

/** An answer that is no error. `body` is undefined when it is no JSON. */
export type Answer = { readonly body: unknown; readonly usage: Usage | null };

const CONFIG_FAULT =
	'Meta refused this server’s proof of its app secret. Whoever runs the server must check the app secret.';

/** Reads a body as text, up to the limit: counted as it comes, after it was decompressed. */
async function readText(response: Response, label: string): Promise<string> {
	if (response.body === null) return '';
	const decoder = new TextDecoder();
	let text = '';
	let size = 0;
	for await (const chunk of response.body) {
		size += chunk.byteLength;
		// Leaving the loop cancels the rest of the body.
		if (size > MAX_BODY_BYTES) {
			throw new MetaError('transient', `Meta’s answer to ${label} is too large`, {
				status: response.status
			});
		}
		text += decoder.decode(chunk, { stream: true });
	}
	return text + decoder.decode();
}

function parseBody(text: string): unknown {
	try {
		return parseMetaJson(text);
	} catch {
		return undefined;
	}
}

type ReadAnswer = {
	readonly label: string;
	readonly status: number;
	readonly body: unknown;
	readonly usage: Usage | null;
};

/** The error that an answer is; null when it is none. */
function errorOf({ label, status, body, usage }: ReadAnswer): MetaError | null {
	const retryAfterMs = usage?.regainMs ?? null;
	const graph = readErrorEnvelope(body);
	if (graph !== null) {
		const { code, subcode, isTransient, traceId } = graph;
		const name = subcode === null ? `${code}` : `${code}/${subcode}`;
		const kind = classifyCode(code, subcode, isTransient);
		return new MetaError(kind, `Meta answered ${name} to ${label} (HTTP ${status})`, {
			...{ code, subcode, status, traceId },
			retryAfterMs: kind === 'throttled' || kind === 'blocked' ? retryAfterMs : null,
			...(graph.isProofFault && kind === 'bad_request' ? { explanation: CONFIG_FAULT } : {})
		});
	}
	const instagram = readInstagramEnvelope(body);
	if (instagram !== null) {
		const { kind, code } = instagram;
		return new MetaError(kind, `Instagram answered ${code} to ${label} (HTTP ${status})`, {
			...{ code, status }
		});
	}
	if (status >= 200 && status <= 299) return null;
	// Not Graph's own word: a proxy's page, a redirect, nothing at all. It says nothing about the token.
	const message = `Meta answered HTTP ${status} without an error code to ${label}`;
	return status === 429
		? new MetaError('throttled', message, { status, retryAfterMs })
		: new MetaError('transient', message, { status });
}

/** Reads an answer to its end. Throws the `MetaError` that it carries. */
export async function readAnswer(response: Response, label: string): Promise<Answer> {
	const usage = readUsage(response.headers);
	const body = parseBody(await readText(response, label));
	const fault = errorOf({ label, status: response.status, body, usage });
	if (fault !== null) throw fault;
	return { body, usage };
}
