/** The pace of reading comments by polling, as a list offers it. Empty: as the server paces itself. */
export const POLL_CHOICES: readonly { readonly value: string; readonly label: string }[] = [
	{ value: '', label: 'Automatic' },
	...Array.from({ length: 9 }, (_, index) => ({
		value: String(index + 2),
		label: `Every ${index + 2} seconds`
	}))
];
