/**
 * Every refusal that a caller can act on. The code is stable: clients, tests and other services
 * branch on it. The message is for people: what happened and what to do.
 */
export const APP_ERRORS = {
	// the show's live state (DESIGN §3)
	SHOW_NOT_FOUND: 'There is no such show in this workspace.',
	SHOW_NOT_LIVE: 'The show takes no comments: it has not started or is over.',
	SHOW_ENDED: 'The show is over; its result can no longer be changed.',
	INVALID_TRANSITION: 'The show can’t do that in its present state.',
	ITEM_NOT_FOUND: 'There is no item with this number in the show.',
	ITEM_EXISTS: 'The show already has an item with this number.',
	TOO_MANY_ITEMS:
		'A show can have at most 5,000 items. Take some away first, or start another show.',
	TOO_MANY_SHOWS:
		'A workspace can have at most 1,000 shows that are not over. End some first; a draft goes live for that.',
	ITEM_HAS_CLAIMS: 'Somebody holds or waits for this item. Release the claims first.',
	QUANTITY_BELOW_CLAIMED: 'More units are already sold than that. Release a winner first.',
	SOLD_OUT: 'No unit is free. Raise the quantity, or reassign a winner’s unit.',
	ALREADY_WINNER: 'This buyer already holds a unit of this item.',
	NOT_A_WINNER: 'This buyer holds no unit of the item any more.',
	NO_ACTIVE_CLAIM: 'This claim is no longer active.',
	UNDO_NOT_POSSIBLE: 'This can no longer be taken back exactly.',
	// buyers
	BUYER_NOT_FOUND: 'This workspace has met no such buyer.',
	NOTE_CHANGED: 'Somebody else has changed this note meanwhile.',
	TOO_MANY_TAGS: 'A buyer can have at most 20 tags. Take one away first.',
	TOO_MANY_IDENTITIES: 'At most 20 identities can be linked to one person.',
	BLOCK_LIST_FULL: 'The block list is full. Unblock somebody first.',
	BUYER_IN_RUNNING_SHOW: 'This person is in a show that is still running. End the show first.',
	// channels and connections
	CHANNEL_NOT_FOUND: 'There is no such channel in this show.',
	CONNECTION_NOT_FOUND: 'There is no such connection in this workspace.',
	LIVE_NOT_FOUND: 'This broadcast was not found on the connected account.',
	LIVE_IN_USE: 'Another show of this workspace listens to this broadcast already.',
	NEEDS_REAUTH: 'The platform no longer accepts our access. Connect the account again.',
	PLATFORM_REFUSED: 'The platform refused this.',
	PLATFORM_UNAVAILABLE: 'The platform can’t be reached right now. Try again in a moment.',
	META_NOT_CONFIGURED: 'Facebook and Instagram are not set up on this server.',
	CONNECT_EXPIRED: 'This connection attempt is over. Please start it again.',
	// input and access
	INVALID_INPUT: 'The input is not valid.',
	SIGNED_OUT: 'Please sign in.',
	FORBIDDEN: 'Your role does not allow this.',
	BAD_CREDENTIALS: 'The e-mail address or the password is wrong.',
	EMAIL_TAKEN: 'There is already an account with this e-mail address.',
	WRONG_PASSWORD: 'This is not your present password.',
	MEMBER_NOT_FOUND: 'There is no such member in this workspace.',
	LAST_OWNER: 'A workspace needs an owner. Make somebody else an owner first.',
	ALREADY_MEMBER: 'You are a member of this workspace already.',
	SESSION_NOT_FOUND: 'This session is over already.',
	INVITE_NOT_FOUND: 'This invitation was used, withdrawn or is too old. Ask for a new one.',
	TOO_LARGE: 'This is too large.',
	RATE_LIMITED: 'Too many attempts. Please wait a moment.',
	BAD_ORIGIN: 'This request came from another site and was refused.',
	// the system
	UNAVAILABLE:
		'The service can’t reach its data right now. Look whether it was done, and try again.'
} as const;

export type AppErrorCode = keyof typeof APP_ERRORS;

export class AppError extends Error {
	override readonly name = 'AppError';
	readonly code: AppErrorCode;
	/** Facts for the client (no secrets, no personal data), e.g. the number of units already sold. */
	readonly details: Record<string, unknown>;

	constructor(
		code: AppErrorCode,
		options: { message?: string; details?: Record<string, unknown>; cause?: unknown } = {}
	) {
		super(options.message ?? APP_ERRORS[code], { cause: options.cause });
		this.code = code;
		this.details = options.details ?? {};
	}
}

export function isAppErrorCode(code: string): code is AppErrorCode {
	return Object.hasOwn(APP_ERRORS, code);
}
