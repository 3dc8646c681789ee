import { z } from 'zod';

/** An id of the platform: opaque text that may go into a path of ours. */
export const metaId = z.string().regex(/^[A-Za-z0-9_.-]{1,200}$/);

/** Whether any id is a bare number at all. It may also be one that only stands in a text. */
const BARE_ID = /id"\s*:\s*-?\d/;
/** A whole JSON string and, where it is the key of an integer, that integer. */
const STRING_AND_INTEGER = /("[^"\\]*(?:\\.[^"\\]*)*")(?:(\s*:\s*)(-?\d+)(?![\d.eE]))?/gs;
const ID_KEY = /^"(?:id|\w+_id)"$/;

/**
 * `JSON.parse` for what Meta sends: an integer under `id` or `…_id` comes out as text with all its
 * digits, because ids exceed 2^53 (PLATFORMS 0, 1.10). Texts that merely look like that stay as they
 * are. Throws `SyntaxError`, whose message may quote the text: never let it into a log.
 */
export function parseMetaJson(text: string): unknown {
	const parsed: unknown = JSON.parse(text);
	if (!BARE_ID.test(text)) return parsed;
	const quoted = text.replace(
		STRING_AND_INTEGER,
		(all: string, string: string, colon?: string, digits?: string) =>
			digits !== undefined && ID_KEY.test(string) ? `${string}${colon}"${digits}"` : all
	);
	return JSON.parse(quoted);
}
