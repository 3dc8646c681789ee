import { z } from 'zod';
import type { ChannelStatusChanged, ErrorRecorded } from '../../domain/events.ts';
import { cleanText } from '../../domain/text.ts';
import type { ScriptRunner, ShowScript } from './script-runner.ts';

/** Longest detail or message that is kept, in UTF-16 units. Longer ones are cut. */
const MAX_REPORT_TEXT = 500;

export const CHANNEL_STATUS_SCRIPT: ShowScript = {
	name: 'channel-status',
	keys: ['meta', 'channels', 'events', 'live']
};
export const RECORD_ERROR_SCRIPT: ShowScript = {
	name: 'record-error',
	keys: ['meta', 'events', 'live']
};

/** What channels tell the operator through the show's log, often in a platform's own words: cleaned. */
export class ChannelReports {
	readonly #runner: ScriptRunner;

	constructor(runner: ScriptRunner) {
		this.#runner = runner;
	}

	/** Records how a channel stands. The same report twice is one event. */
	async status(showId: string, report: ChannelStatusChanged): Promise<void> {
		const { channelId, platform, liveId, status, reason } = report;
		const detail = report.detail === null ? null : cleanText(report.detail, MAX_REPORT_TEXT);
		const json = JSON.stringify({ channelId, platform, liveId, status, reason, detail });
		await this.#runner.act(CHANNEL_STATUS_SCRIPT, showId, [channelId, json], z.unknown());
	}

	/** Records an error for the operator. The message must hold no secret and no personal data. */
	async error(showId: string, error: ErrorRecorded): Promise<void> {
		const { code, channelId } = error;
		const message = cleanText(error.message, MAX_REPORT_TEXT);
		const json = JSON.stringify({ code, message, channelId });
		await this.#runner.act(RECORD_ERROR_SCRIPT, showId, [json], z.unknown());
	}
}
