import { z } from 'zod';
import { isTimeZone } from '../../domain/time-zone.ts';
import { workspaceName } from '../auth/input.ts';
import { MAX_POLL_SECONDS, MIN_POLL_SECONDS } from '../history/queries/workspace-settings.ts';
import { intentWord } from './input.ts';

const POLL_TEXT = `Choose ${MIN_POLL_SECONDS} to ${MAX_POLL_SECONDS} seconds.`;

/** A zone that this server can write times in. */
export const timeZone = z.string().refine(isTimeZone, 'Choose one of the time zones.');

/** Seconds between two polls of a busy broadcast. */
export const pollSeconds = z
	.int(POLL_TEXT)
	.min(MIN_POLL_SECONDS, POLL_TEXT)
	.max(MAX_POLL_SECONDS, POLL_TEXT);

/** A workspace's settings, each cleaned and checked. Words are normalised; that they differ is not checked. */
export const settingsInput = z.object({
	name: workspaceName,
	timeZone,
	claimWord: intentWord,
	passWord: intentWord,
	/** Null: as the server paces itself. */
	pollSeconds: pollSeconds.nullable(),
	sounds: z.boolean()
});
