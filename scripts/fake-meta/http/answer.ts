import { DialogError } from '../oauth/authorize-request.ts';
import { dialogErrorPage } from '../oauth/page-html.ts';
import type { Parts } from '../parts.ts';
import type { Call } from './call.ts';
import { withoutSecrets } from './calls.ts';
import { GraphError, noSuchObject } from './graph-error.ts';
import { misbehave } from './misbehave.ts';
import { sendReply } from './reply.ts';
import type { Matched } from './routes.ts';
import { usageHeaders } from './usage.ts';

/** Answers a call to one of Meta's hosts: counts it, gives it its trouble, or lets it be handled. */
export async function answer(
	parts: Parts,
	call: Call,
	match: (call: Call) => Matched | null
): Promise<void> {
	let headers: Record<string, string> = {};
	try {
		await call.readForm();
		const matched = match(call);
		call.endpoint = matched?.endpoint ?? 'unknown';
		count(parts, call);
		headers = usageHeaders(parts, call);
		const failure = parts.failures.take(call);
		if (failure) return misbehave(parts, call, failure);
		if (!matched) throw noSuchObject(call.method, call.path.join('/'));
		const reply = await matched.handle();
		if (reply) sendReply(call.response, reply, headers);
	} catch (error) {
		answerError(parts, call, { error, headers });
	}
}

function count(parts: Parts, call: Call): void {
	parts.calls.add({
		endpoint: call.endpoint,
		method: call.method,
		host: call.host,
		path: call.path.join('/'),
		query: withoutSecrets(call.query),
		hasTokenInUrl: call.query.has('access_token'),
		at: parts.clock.now()
	});
}

function answerError(
	parts: Parts,
	call: Call,
	{ error, headers }: { error: unknown; headers: Record<string, string> }
): void {
	if (error instanceof DialogError) {
		sendReply(call.response, { html: dialogErrorPage(error.message), status: 400 });
		return;
	}
	if (!(error instanceof GraphError)) throw error;
	const traceId = parts.tokens.newSecret('A').slice(0, 23);
	sendReply(
		call.response,
		{ status: error.status, json: error.envelope(traceId) },
		{ ...headers, ...error.details.headers, 'cache-control': 'no-store' }
	);
}
