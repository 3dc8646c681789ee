import { createParser } from 'eventsource-parser';
import type { MetaClient } from '../meta/client.ts';
import { graphPath } from '../meta/client.ts';
import { MetaError } from '../meta/errors.ts';
import { parseMetaJson } from '../meta/json.ts';
import { parseFacebookComment } from '../platform-comment.ts';
import type { PlatformComment } from '../platform-comment.ts';

/** Without a byte for this long, a heartbeat included, the connection counts as dead. */
const IDLE_TIMEOUT_MS = 60_000;
/** Longest frame, in characters. The longest comment has 8,000. */
const MAX_FRAME_LENGTH = 256 * 1024;

export type StreamEvent =
	/** Connected. Nothing is replayed (PLATFORMS 2.4): the caller polls for what was missed before. */
	| { readonly kind: 'open' }
	| { readonly kind: 'comment'; readonly comment: PlatformComment }
	/** A frame that is no comment, or is too long. */
	| { readonly kind: 'malformed' };

export type StreamOptions = {
	readonly liveId: string;
	readonly pageId: string;
	/** The Page's own token (PLATFORMS 2.4). */
	readonly token: string;
	readonly signal: AbortSignal;
	readonly idleTimeoutMs?: number;
};

/**
 * Listens to a broadcast's comments by server-sent events (PLATFORMS 2.4): fast, but lossy by contract, so
 * never the only path. `open` comes first. Ends without an error when `signal` aborts or Meta ends the
 * stream; in the second case, as after an error, the caller connects again.
 * @throws MetaError when Meta refuses, the connection breaks, or no byte comes for a minute
 */
export async function* streamComments(
	client: MetaClient,
	options: StreamOptions
): AsyncGenerator<StreamEvent, void, undefined> {
	const { signal } = options;
	let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
	try {
		reader = (await openCommentStream(client, options)).getReader();
		yield { kind: 'open' };
		const readFrames = frameReader(options.pageId);
		const decoder = new TextDecoder();
		for (;;) {
			const bytes = await nextBytes(reader, options.idleTimeoutMs ?? IDLE_TIMEOUT_MS);
			if (bytes === null) return;
			yield* readFrames(decoder.decode(bytes, { stream: true }));
		}
	} catch (error) {
		if (signal.aborted) return;
		if (error instanceof MetaError) throw error;
		// Nothing of the cause: it may quote the URL.
		throw new MetaError('transient', 'The stream of comments broke off');
	} finally {
		// Also when the caller stops asking: an open stream would hold its connection.
		await reader?.cancel().catch(() => undefined);
	}
}

function openCommentStream(
	client: MetaClient,
	options: StreamOptions
): Promise<ReadableStream<Uint8Array>> {
	const { streamRate, streamTokenIn } = client.settings;
	return client.openStream({
		host: 'streaming',
		path: graphPath(options.liveId, 'live_comments'),
		// The documented form names no version (PLATFORMS 2.4).
		versioned: false,
		token: options.token,
		tokenIn: streamTokenIn,
		query: {
			comment_rate: streamRate,
			live_filter: 'no_filter',
			fields: 'id,from{name,id},message,created_time'
		},
		signal: options.signal
	});
}

/** The next bytes; null at the end of the stream. */
async function nextBytes(
	reader: ReadableStreamDefaultReader<Uint8Array>,
	idleTimeoutMs: number
): Promise<Uint8Array | null> {
	const { promise: idle, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(
		() => reject(new MetaError('transient', 'The stream of comments went silent')),
		idleTimeoutMs
	);
	try {
		const { done, value } = await Promise.race([reader.read(), idle]);
		return done ? null : value;
	} finally {
		clearTimeout(timer);
	}
}

/** Cuts the stream's text into frames and reads those that it completes; holds one unfinished frame. */
function frameReader(pageId: string): (text: string) => readonly StreamEvent[] {
	let events: StreamEvent[] = [];
	let isTooLong = false;
	const parser = createParser({
		maxBufferSize: MAX_FRAME_LENGTH,
		onEvent: ({ data }) => {
			events = events.concat(readFrame(data, pageId));
		},
		onError: ({ type }) => {
			isTooLong = type === 'max-buffer-size-exceeded';
			if (type !== 'invalid-retry') events.push({ kind: 'malformed' });
		}
	});
	return (text) => {
		events = [];
		parser.feed(text);
		// What is left of a frame that was too long has no field's name: it is counted and skipped too.
		if (isTooLong) parser.reset();
		isTooLong = false;
		return events;
	};
}

/** A frame holds one comment or several (PLATFORMS 2.4). */
function readFrame(data: string, pageId: string): readonly StreamEvent[] {
	let content: unknown;
	try {
		content = parseMetaJson(data);
	} catch {
		return [{ kind: 'malformed' }];
	}
	const rows: readonly unknown[] = Array.isArray(content) ? content : [content];
	return rows.map((row) => {
		const comment = parseFacebookComment(row, { pageId, seenAt: Date.now() });
		return comment === null ? { kind: 'malformed' } : { kind: 'comment', comment };
	});
}
