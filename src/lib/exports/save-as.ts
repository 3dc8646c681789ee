/**
 * Has the browser save what is at an address of ours, as it comes: nothing of it is kept in memory. The
 * page stays, whatever is answered. The server names the file.
 */
export function saveAs(address: string): void {
	const link = document.createElement('a');
	link.href = address;
	link.download = '';
	document.body.append(link);
	link.click();
	link.remove();
}
