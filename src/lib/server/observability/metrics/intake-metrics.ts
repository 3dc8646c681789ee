import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { platformLabel } from './platform-label.ts';
import { Tally } from './tally.ts';

/** What comes in: comments, the paths that bring them, and what the platforms answer. */
export class IntakeMetrics {
	readonly #comments: Tally;
	readonly #refused: Counter<'code'>;
	readonly #delay: Histogram<'platform'>;
	readonly #offered: Counter<'platform' | 'path' | 'state'>;
	readonly #polls: Counter<'platform' | 'result'>;
	readonly #usage: Gauge<'platform'>;
	readonly #webhooks: Counter<'result'>;

	constructor(registry: Registry) {
		const registers = [registry];
		this.#comments = new Tally({
			registry,
			name: 'sellary_comments_total',
			help: 'Comments taken in, by outcome; duplicate_comment: seen before.',
			labels: ['platform', 'outcome']
		});
		this.#refused = new Counter({
			name: 'sellary_comments_refused_total',
			help: 'Comments that were not taken in, by error code; ERROR: a fault of ours.',
			labelNames: ['code'],
			registers
		});
		this.#delay = new Histogram({
			name: 'sellary_comment_delay_seconds',
			help: 'From when the platform says that a comment was written (whole seconds) to when it counted.',
			labelNames: ['platform'],
			// The order window is one second, a poll two to five, Meta’s throttling minutes.
			buckets: [0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 20, 60, 300],
			registers
		});
		this.#offered = new Counter({
			name: 'sellary_channel_comments_total',
			help: 'Comments that the paths of channels brought; known: another path was faster.',
			labelNames: ['platform', 'path', 'state'],
			registers
		});
		this.#polls = new Counter({
			name: 'sellary_channel_polls_total',
			help: 'Polls of broadcasts: ok, or what kind of error the platform answered.',
			labelNames: ['platform', 'result'],
			registers
		});
		this.#usage = new Gauge({
			name: 'sellary_platform_usage_ratio',
			help: 'How much of the platform’s rate limit was used up when it last said so; 1: all of it.',
			labelNames: ['platform'],
			registers
		});
		this.#webhooks = new Counter({
			name: 'sellary_webhook_deliveries_total',
			help: 'Webhook deliveries: accepted, forged (no valid signature), busy or failed (told to come again).',
			labelNames: ['result'],
			registers
		});
	}

	readonly commentTaken = (platform: string, outcome: string): void => {
		this.#comments.add(platformLabel(platform), outcome);
	};

	readonly commentRefused = (code: string): void => {
		this.#refused.inc({ code });
	};

	/** `postedAt` in epoch ms. The platform's clock may be ahead of ours. */
	readonly commentFed = (platform: string, postedAt: number): void => {
		const seconds = Math.max(0, Date.now() - postedAt) / 1_000;
		this.#delay.observe({ platform: platformLabel(platform) }, seconds);
	};

	readonly offered = (
		platform: string,
		path: 'poll' | 'stream' | 'webhook',
		counts: { readonly fresh: number; readonly known: number }
	): void => {
		const labels = { platform: platformLabel(platform), path };
		if (counts.fresh > 0) this.#offered.inc({ ...labels, state: 'fresh' }, counts.fresh);
		if (counts.known > 0) this.#offered.inc({ ...labels, state: 'known' }, counts.known);
	};

	/** `usagePercent`: null when the platform said nothing of it. */
	readonly polled = (platform: string, result: string, usagePercent: number | null): void => {
		const label = platformLabel(platform);
		this.#polls.inc({ platform: label, result });
		if (usagePercent !== null) this.#usage.set({ platform: label }, usagePercent / 100);
	};

	readonly webhookReceived = (result: 'accepted' | 'forged' | 'busy' | 'failed'): void => {
		this.#webhooks.inc({ result });
	};
}
