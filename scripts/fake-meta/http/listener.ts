import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerAdmin } from '../admin/admin-http.ts';
import type { Machinery } from '../admin/define-switch.ts';
import { answer } from './answer.ts';
import { Call } from './call.ts';
import { withoutSecrets } from './calls.ts';
import { metaRoutes } from './routes.ts';

/** Answers every request to the fake: Meta's hosts, the switches, and the place redirects lead to. */
export function requestListener(
	machinery: Machinery
): (request: IncomingMessage, response: ServerResponse) => void {
	const match = metaRoutes(machinery, machinery.streams, machinery.subscriptions);
	const handle = async (call: Call): Promise<void> => {
		if (call.host === 'admin') return answerAdmin(machinery, call);
		if (call.host === 'elsewhere') return answerElsewhere(machinery, call);
		return answer(machinery, call, match);
	};
	return (request, response) => {
		void (async () => {
			try {
				await handle(new Call(request, response));
			} catch (error) {
				// A fault of the fake itself, or a URL that is none: loud, and never mistaken for Meta's answer.
				process.stderr.write(
					`fake-meta: ${error instanceof Error ? error.stack : String(error)}\n`
				);
				if (!response.headersSent) response.writeHead(500);
				response.end('a fault of the fake itself; see its stderr');
			}
		})();
	};
}

/** Whoever follows a redirect ends here and is counted. */
function answerElsewhere(machinery: Machinery, call: Call): void {
	machinery.calls.add({
		endpoint: 'elsewhere',
		method: call.method,
		host: call.host,
		path: call.path.join('/'),
		query: withoutSecrets(call.query),
		hasTokenInUrl: call.query.has('access_token'),
		at: machinery.clock.now()
	});
	call.response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');
}
