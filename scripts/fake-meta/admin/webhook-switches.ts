import { z } from 'zod';
import { subscribeAppSchema } from '../webhooks/app-subscription.ts';
import { postSignedRequest } from '../webhooks/signed-request.ts';
import { floodSchema, forgeSchema } from '../webhooks/attacks.ts';
import { defineSwitch } from './define-switch.ts';
import { tokenSwitches } from './token-switches.ts';

/** Whose wish it is, and the callback's address. */
const signedRequestSchema = z.strictObject({ of: z.string(), url: z.url() });
const empty = z.strictObject({});

/** What goes to the app's callback. */
export const webhookSwitches = {
	subscribeApp: defineSwitch(
		'Handshake with the callback; pages and accounts subscribe by themselves.',
		subscribeAppSchema,
		async ({ subscriptions }, input) => {
			await subscriptions.subscribe(input);
			return {};
		}
	),
	releaseWebhooks: defineSwitch(
		'Sends what `webhooks.hold` held back: as it came, turned round, or at random.',
		z.strictObject({ order: z.enum(['given', 'reverse', 'random']).default('given') }),
		({ sender }, { order }) => ({ released: sender.release(order) })
	),
	replay: defineSwitch(
		'Sends the last deliveries again, byte for byte; all that are kept without a count.',
		z.strictObject({ count: z.number().int().positive().optional() }),
		async ({ attacks }, { count }) => ({ statuses: await attacks.replay(count) })
	),
	forge: defineSwitch('One forged delivery.', forgeSchema, async ({ attacks }, input) => ({
		status: await attacks.forge(input)
	})),
	flood: defineSwitch('Many deliveries at once.', floodSchema, async ({ attacks }, input) => ({
		statuses: await attacks.flood(input)
	})),
	deauthorize: defineSwitch(
		'Somebody takes the app away, and the deauthorize callback is told so.',
		signedRequestSchema,
		async (machinery, { of, url }) => {
			await tokenSwitches.revokeApp.run(machinery, { of });
			return postSignedRequest(machinery, { of, url });
		}
	),
	requestDeletion: defineSwitch(
		'Somebody asks the data deletion callback to erase what it has of them.',
		signedRequestSchema,
		(machinery, input) => postSignedRequest(machinery, input)
	),
	delivered: defineSwitch('Answers when nothing is pending.', empty, async ({ sender }) => {
		await sender.delivered();
		return { ...sender.deliveries.counts, dropped: sender.dropped };
	})
} as const;
