export type Shortcut = {
	/** As in `KeyboardEvent.key`. */
	readonly key: string;
	readonly label: string;
	/** Left out of the help, and dead, when the member can't do it. */
	readonly operatorsOnly?: boolean;
	readonly run: () => void;
};

const TYPING = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])';

/** Whether the key belongs to what the operator is typing, to a dialog or to the browser. */
function isTaken(event: KeyboardEvent): boolean {
	if (event.defaultPrevented || event.isComposing) return true;
	if (event.ctrlKey || event.metaKey || event.altKey) return true;
	const { target } = event;
	return (
		target instanceof Element &&
		target.closest(`${TYPING}, [role="dialog"], [role="alertdialog"], [role="menu"]`) !== null
	);
}

/** Runs the shortcut of the key, if there is one and nobody is typing. Returns whether it ran. */
export function runShortcut(
	event: KeyboardEvent,
	shortcuts: readonly Shortcut[],
	mayOperate: boolean
): boolean {
	if (isTaken(event)) return false;
	const shortcut = shortcuts.find(({ key }) => key === event.key);
	if (!shortcut || (shortcut.operatorsOnly && !mayOperate)) return false;
	event.preventDefault();
	shortcut.run();
	return true;
}
