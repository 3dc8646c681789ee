import type { Call, Reply } from '../http/call.ts';
import { badParameter, GraphError, noSuchObject } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';
import type { AppSubscriptions, WebhookObject } from '../webhooks/app-subscription.ts';
import { requireAppOrCaller } from './access.ts';

/**
 * `GET|POST|DELETE /{app}/subscriptions` with the app's own token: the callback as set up by the app
 * itself. Parameters are unverified (PLATFORMS 2.5).
 */
export async function appSubscriptions(
	parts: Parts,
	call: Call,
	subscriptions: AppSubscriptions
): Promise<Reply> {
	if (requireAppOrCaller(parts, call) !== 'app') {
		throw new GraphError(15, '(#15) This method must be called with an app access_token.');
	}
	if (call.path[0] !== parts.app.appId) throw noSuchObject(call.method, call.path[0] ?? '');
	if (call.method === 'GET') return { json: { data: list(subscriptions) } };
	const object = readObject(call);
	if (call.method === 'DELETE') {
		subscriptions.remove(object);
		return { json: { success: true } };
	}
	const fields = call.required('fields').split(',').filter(Boolean);
	const callbackUrl = call.required('callback_url');
	const verifyToken = call.required('verify_token');
	try {
		await subscriptions.save({ object, callbackUrl, verifyToken, fields });
	} catch {
		throw new GraphError(2200, '(#2200) Callback verification failed');
	}
	return { json: { success: true } };
}

function readObject(call: Call): WebhookObject {
	const object = call.required('object');
	if (object === 'page' || object === 'instagram') return object;
	throw badParameter('(#100) Param object must be one of {PAGE, INSTAGRAM}');
}

function list(subscriptions: AppSubscriptions): object[] {
	const objects: readonly WebhookObject[] = ['page', 'instagram'];
	return objects.flatMap((object) => {
		const found = subscriptions.get(object);
		if (!found) return [];
		const fields = [...found.fields].map((name) => ({ name, version: 'v25.0' }));
		return [{ object, callback_url: found.callbackUrl, active: true, fields }];
	});
}
