export type ByteStreamOptions = {
	/** Told what broke the stream, unless nobody read it any more. */
	readonly onError: (error: unknown) => void;
	/** Called once, however it ended. */
	readonly onEnd?: () => void;
	/** How long a reader may take for a piece. */
	readonly stallMs?: number;
};

/** A piece can be 8 MB (source.ts), which takes minutes on a bad line. */
const STALL_MS = 10 * 60_000;

/**
 * Text as a stream of UTF-8, made as fast as it is read: nothing is taken before the reader asks. When the
 * reader leaves, or asks for nothing any more, the text is ended by `return()`. What it throws breaks the
 * stream, so that no half file looks whole.
 */
export function byteStream(
	text: AsyncGenerator<string, void, undefined>,
	{ onError, onEnd = () => undefined, stallMs = STALL_MS }: ByteStreamOptions
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	let over = false;
	let timer: ReturnType<typeof setTimeout> | undefined;

	const end = () => {
		clearTimeout(timer);
		if (!over) onEnd();
		over = true;
	};
	const waitForReader = (controller: ReadableStreamDefaultController<Uint8Array>) => {
		timer = setTimeout(() => {
			end();
			controller.error(new Error('nobody reads the stream any more'));
			void text.return();
		}, stallMs);
	};

	return new ReadableStream<Uint8Array>(
		{
			start: waitForReader,
			async pull(controller) {
				clearTimeout(timer);
				try {
					const piece = await text.next();
					if (over) return;
					if (piece.done) {
						end();
						controller.close();
					} else {
						controller.enqueue(encoder.encode(piece.value));
						waitForReader(controller);
					}
				} catch (error) {
					end();
					onError(error);
					throw error;
				}
			},
			async cancel() {
				end();
				await text.return();
			}
		},
		{ highWaterMark: 0 }
	);
}
