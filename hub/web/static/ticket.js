import { follow, root } from "./live.js";
follow(["ticket/" + root.dataset.ticket]);
