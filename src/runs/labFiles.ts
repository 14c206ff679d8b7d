/** Labs, as files. What opens them comes later, and is given by whoever makes the page. */
export interface LabFiles {
  /** A file of a lab is opened, or told what is wrong with it, beside the panels. */
  openFile(name: string, content: string): Promise<void>;
}
