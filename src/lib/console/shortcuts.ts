export type Shortcut = {
	/** As in `KeyboardEvent.key`; each does the same. */
	readonly keys: readonly string[];
	readonly label: string;
	/** Left out of the help, and dead, when the member can't do it. */
	readonly operatorsOnly?: boolean;
	readonly run: () => void;
};

const TYPING = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])';
/** One that is fading out (`data-state` is bits-ui's) has been answered: the next key is not for it. */
const DIALOGS =
	':is([role="dialog"], [role="alertdialog"], [role="menu"]):not([data-state="closed"])';

/** Whether the key belongs to what the operator is typing, to a dialog or to the browser. */
function isTaken(event: KeyboardEvent): boolean {
	if (event.defaultPrevented || event.isComposing) return true;
	if (event.ctrlKey || event.metaKey || event.altKey) return true;
	const { target } = event;
	if (target instanceof Element && target.closest(TYPING) !== null) return true;
	return document.querySelector(DIALOGS) !== null;
}

/** Runs the shortcut of the key, if there is one and nobody is typing. Returns whether it ran. */
export function runShortcut(
	event: KeyboardEvent,
	shortcuts: readonly Shortcut[],
	mayOperate: boolean
): boolean {
	if (isTaken(event)) return false;
	const shortcut = shortcuts.find(({ keys }) => keys.includes(event.key));
	if (!shortcut || (shortcut.operatorsOnly && !mayOperate)) return false;
	event.preventDefault();
	shortcut.run();
	return true;
}

/** Ctrl-K, or Cmd-K on a Mac: works while typing as well, but not over another dialog. */
export function isCommandKey(event: KeyboardEvent): boolean {
	return (
		(event.ctrlKey || event.metaKey) &&
		!event.altKey &&
		!event.shiftKey &&
		event.key.toLowerCase() === 'k' &&
		document.querySelector(DIALOGS) === null
	);
}
