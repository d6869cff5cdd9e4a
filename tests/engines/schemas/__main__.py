from tests.engines.schemas import main

main()
