import { z } from 'zod';
import { isTimeZone } from '../../domain/time-zone.ts';
import { workspaceName } from '../auth/input.ts';
import { MAX_POLL_SECONDS, MIN_POLL_SECONDS } from '../history/queries/workspace-settings.ts';
import { MAX_RETENTION_DAYS, MIN_RETENTION_DAYS } from '../history/redaction/retention-due.ts';
import { intentWord } from './input.ts';

const POLL_TEXT = `Choose ${MIN_POLL_SECONDS} to ${MAX_POLL_SECONDS} seconds.`;

const RETENTION_TEXT = `Choose ${MIN_RETENTION_DAYS} to ${MAX_RETENTION_DAYS} days.`;

/** Days that comments of people who claimed nothing are kept after a show. */
export const retentionDays = z
	.int(RETENTION_TEXT)
	.min(MIN_RETENTION_DAYS, RETENTION_TEXT)
	.max(MAX_RETENTION_DAYS, RETENTION_TEXT);

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
