import type { z } from 'zod';
import type { Parts } from '../parts.ts';
import type { LiveCommentStreams } from '../streams/live-comments.ts';
import type { AppSubscriptions } from '../webhooks/app-subscription.ts';
import type { Attacks } from '../webhooks/attacks.ts';
import type { WebhookSender } from '../webhooks/sender.ts';

/** All that switches act on. */
export type Machinery = Parts & {
	readonly streams: LiveCommentStreams;
	readonly subscriptions: AppSubscriptions;
	readonly sender: WebhookSender;
	readonly attacks: Attacks;
	/** Every cursor that was given out is dead from now on. */
	readonly killCursors: () => void;
};

/** One thing that tests and developers can do to the fake, in-process or over HTTP. */
export type Switch<Schema extends z.ZodType, Output> = {
	readonly help: string;
	readonly schema: Schema;
	/** Parses the input and acts. @throws ZodError when it is wrong, Error when it can’t be done */
	readonly run: (machinery: Machinery, input: unknown) => Promise<Output>;
};

export function defineSwitch<Schema extends z.ZodType, Output>(
	help: string,
	schema: Schema,
	act: (machinery: Machinery, input: z.output<Schema>) => Output | Promise<Output>
): Switch<Schema, Output> {
	return {
		help,
		schema,
		run: async (machinery, input) => act(machinery, schema.parse(input))
	};
}
