"""One cell is run: the same code in the reader's browser and in the site's build.

The standard library only; NumPy and matplotlib are met here when a cell has imported them.
"""

from coursekit.site.kernel.output import Output as Output
from coursekit.site.kernel.packages_and_weights import packages as packages
from coursekit.site.kernel.packages_and_weights import weights as weights
from coursekit.site.kernel.run import Kernel as Kernel
